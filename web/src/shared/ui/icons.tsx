import type { ReactNode } from "react";

/** Make an icon component from shapes in a 24 by 24 box. */
export function icon(children: ReactNode) {
  return () => (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{children}</svg>
  );
}

const slash = <path d="M4 4l16 16" />;
const mic = (
  <>
    <rect x="9" y="3" width="6" height="11" rx="3" />
    <path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3" />
  </>
);
const camera = (
  <>
    <rect x="3" y="6.5" width="12" height="11" rx="2.5" />
    <path d="M15 10.8l6-3.3v9l-6-3.3z" />
  </>
);

export const Mic = icon(mic);
export const MicOff = icon(<>{mic}{slash}</>);
export const Camera = icon(camera);
export const CameraOff = icon(<>{camera}{slash}</>);
export const Screen = icon(<><rect x="3" y="4.5" width="18" height="12" rx="2" /><path d="M8 20.5h8M12 13.5v-6M9 10l3-3 3 3" /></>);
export const Grid = icon(<><rect x="3.5" y="4.5" width="7.5" height="6.5" rx="1.5" /><rect x="13" y="4.5" width="7.5" height="6.5" rx="1.5" /><rect x="3.5" y="13" width="7.5" height="6.5" rx="1.5" /><rect x="13" y="13" width="7.5" height="6.5" rx="1.5" /></>);
export const Speaker = icon(<><rect x="3.5" y="4.5" width="17" height="10" rx="2" /><rect x="3.5" y="17" width="4.5" height="3" rx="1" /><rect x="9.75" y="17" width="4.5" height="3" rx="1" /><rect x="16" y="17" width="4.5" height="3" rx="1" /></>);
export const ChatIcon = icon(<path d="M4 6.5A2.5 2.5 0 0 1 6.5 4h11A2.5 2.5 0 0 1 20 6.5v7a2.5 2.5 0 0 1-2.5 2.5H10l-4.5 4v-4.1A2.5 2.5 0 0 1 4 13.5z" />);
export const PeopleIcon = icon(<><circle cx="9" cy="8.5" r="3.5" /><path d="M2.8 19.5c.6-3.6 3-5.5 6.2-5.5s5.6 1.9 6.2 5.500M15.5 5.300a3.5 3.5 0 0 1 0 6.400M17.5 14.400c2 .7 3.3 2.4 3.7 5.1" /></>);
export const Leave = icon(<path d="M3 14.500c0-6 18-6 18 0v1.200c0 .8-.7 1.4-1.5 1.300l-3-.5c-.7-.1-1.2-.7-1.2-1.400v-1.600c-2.1-.8-4.5-.8-6.6 0v1.600c0 .7-.5 1.3-1.2 1.400l-3 .5c-.8.1-1.5-.5-1.5-1.300z" />);
export const Blur = icon(<><circle cx="12" cy="9" r="3.5" /><path d="M5.5 20c.6-3.6 3.2-5.5 6.5-5.500s5.9 1.9 6.5 5.5" /><path d="M3.5 5h.01M3.5 10h.01M3.5 15h.01M20.5 5h.01M20.5 10h.01M20.5 15h.01" /></>);
export const None = icon(<><circle cx="12" cy="12" r="8.5" /><path d="M6 6l12 12" /></>);
export const Record = icon(<><circle cx="12" cy="12" r="8.5" /><circle cx="12" cy="12" r="3.5" className="filled" /></>);
export const Stop = icon(<><circle cx="12" cy="12" r="8.5" /><rect x="9" y="9" width="6" height="6" rx="1" className="filled" /></>);
export const More = icon(<><circle cx="5.5" cy="12" r="1.6" className="filled" /><circle cx="12" cy="12" r="1.6" className="filled" /><circle cx="18.5" cy="12" r="1.6" className="filled" /></>);
export const SettingsIcon = icon(<><path d="M4 7h7M17 7h3M4 17h3M13 17h7" /><circle cx="14" cy="7" r="2.8" /><circle cx="10" cy="17" r="2.8" /></>);
export const Fullscreen = icon(<path d="M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5" />);
export const PictureInPicture = icon(<><rect x="3" y="5" width="18" height="14" rx="2" /><rect x="12" y="12" width="6.5" height="4.5" rx="1" className="filled" /></>);
const padlock = <rect x="5" y="11" width="14" height="9.5" rx="2.5" />;
export const Lock = icon(<>{padlock}<path d="M8 11V8a4 4 0 0 1 8 0v3" /></>);
export const Unlock = icon(<>{padlock}<path d="M8 11V7.500a4 4 0 0 1 7.600-1.700" /></>);
export const End = icon(<><circle cx="12" cy="12" r="8.5" /><path d="M9 9l6 6M15 9l-6 6" /></>);
export const Globe = icon(<><circle cx="12" cy="12" r="8.5" /><path d="M3.5 12h17M12 3.5c5 5 5 12 0 17M12 3.5c-5 5-5 12 0 17" /></>);
export const Close = icon(<path d="M6 6l12 12M18 6L6 18" />);
export const Send = icon(<path d="M4 12l16-8-5.5 16-3-6.500zM11.5 13.500L20 4" />);

export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="9" />
      <path className="mark-front" d="M9 10h7a3 3 0 0 1 3 3v6a3 3 0 0 1-3 3H9a3 3 0 0 1-3-3v-6a3 3 0 0 1 3-3zM21 14.500l5-3v9l-5-3z" />
    </svg>
  );
}
