import { icon } from "../../shared/ui/icons";

export const Back = icon(<path d="M14.5 6l-6 6 6 6" />);
export const Forward = icon(<path d="M9.5 6l6 6-6 6" />);
export const Pin = icon(<path d="M9 3.500h6l-.8 6 3.300 3.500v1.500H6.500V13l3.300-3.500zM12 14.500v6" />);
const eye = <><path d="M2.500 12S6 5.500 12 5.500 21.500 12 21.500 12 18 18.500 12 18.500 2.500 12 2.500 12z" /><circle cx="12" cy="12" r="2.800" /></>;
export const Eye = icon(eye);
export const EyeOff = icon(<>{eye}<path d="M4 4l16 16" /></>);
export const Smile = icon(<><circle cx="12" cy="12" r="8.500" /><path d="M8.500 14.500a4.200 4.200 0 0 0 7 0M9 9.500h.01M15 9.500h.01" /></>);
export const Hand = icon(<path d="M7.500 13V6.500a1.400 1.400 0 0 1 2.800 0V11 4.500a1.400 1.400 0 0 1 2.800 0V11 5.500a1.400 1.400 0 0 1 2.800 0V12 8.500a1.400 1.400 0 0 1 2.800 0V15c0 3.600-2.300 6-5.800 6-2.600 0-4.100-1.100-5.300-3.200l-2.400-4.300c-.8-1.500 1.100-2.600 2.100-1.300z" />);
export const Link = icon(<path d="M10 14a4 4 0 0 0 5.700 0l3.300-3.300a4 4 0 0 0-5.700-5.700L12 6.300M14 10a4 4 0 0 0-5.700 0L5 13.300A4 4 0 0 0 10.700 19l1.300-1.300" />);
