import { icon } from "../shared/ui/icons";

export { CameraOff, Close, Mark, MicOff, PeopleIcon, Record, Screen, Stop } from "../shared/ui/icons";

export const Plus = icon(<path d="M12 5v14M5 12h14" />);
export const Check = icon(<path d="M5 12.500l4.500 4.500L19 7.500" />);
export const Copy = icon(<><rect x="9" y="9" width="11" height="11" rx="2.500" /><path d="M5.500 15A1.500 1.500 0 0 1 4 13.500v-8A1.500 1.500 0 0 1 5.500 4h8A1.500 1.500 0 0 1 15 5.500" /></>);
export const QrIcon = icon(<><rect x="4" y="4" width="6" height="6" rx="1" /><rect x="14" y="4" width="6" height="6" rx="1" /><rect x="4" y="14" width="6" height="6" rx="1" /><path d="M14 14h2.500v2.500M20 14v.01M14 20h2M20 17.500V20h-1.500" /></>);
export const Open = icon(<path d="M14 5h5v5M19 5l-8 8M17 14v3.500a1.500 1.500 0 0 1-1.500 1.500h-9A1.500 1.500 0 0 1 5 17.500v-9A1.500 1.500 0 0 1 6.500 7H10" />);
export const Trash = icon(<path d="M5 7h14M10 7V4.500h4V7M7 7l.800 12.500h8.400L17 7M10.500 11v5M13.500 11v5" />);
export const Lock = icon(<><rect x="5" y="10.500" width="14" height="9" rx="2" /><path d="M8.500 10.500V8a3.500 3.500 0 0 1 7 0v2.500" /></>);
export const Restore = icon(<path d="M8.500 5L4.500 9l4 4M5 9h9a5.500 5.500 0 0 1 0 11h-4" />);
export const Play = icon(<path d="M8 5.500l10.500 6.500L8 18.500z" />);
export const Download = icon(<path d="M12 4v11M7.500 11l4.500 4.500 4.500-4.500M5 19.500h14" />);
export const Back = icon(<path d="M15 5.500L8.500 12l6.500 6.500" />);
export const Eye = icon(<><path d="M2.500 12c2-4 5.500-6 9.500-6s7.500 2 9.500 6c-2 4-5.500 6-9.500 6s-7.500-2-9.500-6z" /><circle cx="12" cy="12" r="2.800" /></>);
export const EyeOff = icon(<><path d="M2.500 12c2-4 5.500-6 9.500-6s7.500 2 9.500 6c-2 4-5.500 6-9.500 6s-7.500-2-9.500-6z" /><path d="M4.500 19.500l15-15" /></>);
export const Chevron = icon(<path d="M6.500 9.500l5.500 5.500 5.500-5.500" />);
