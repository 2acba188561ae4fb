// What the fields of a form hold, as the API takes it: an empty field is null.

export const numberOf = (text: string) => (text.trim() === "" ? null : Number(text));
export const timeOf = (text: string) => (text === "" ? null : new Date(text).getTime());
