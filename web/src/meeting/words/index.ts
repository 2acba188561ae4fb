import { dictionary } from "../../shared/i18n";
import { en, type Words } from "./en";

export type Word = keyof Words;
export const { t, load, choose } = dictionary(en, {
  es: () => import("./es").then(({ es }) => es),
  de: () => import("./de").then(({ de }) => de),
  fr: () => import("./fr").then(({ fr }) => fr),
});
