/** The path of the segmentation model's files; see vite.config.ts. */
declare const SEGMENTER: string;
