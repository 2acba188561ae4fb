/** Where the files that find people in pictures are served; see vite.config.ts. */
declare const SEGMENTER: string;
