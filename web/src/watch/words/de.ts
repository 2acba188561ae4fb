import type { Words } from "./en";

export const de: Words = {
  recording: "Aufnahme",
  recordingOf: "Aufnahme von {room}",
  length: "Länge {length}",
  download: "Herunterladen",
  downloadOf: "Herunterladen ({size})",
  until: "Dieser Link gilt bis {time}.",
  unplayable: "Dieser Browser kann die Aufnahme nicht abspielen.",
  tryAgain: "Noch einmal versuchen",
  goneTitle: "Hier gibt es nichts zu sehen",
  gone: "Der Link oder seine Aufnahme wurde gelöscht, oder die Adresse ist nicht vollständig. Bitten Sie um einen neuen Link.",
  expiredTitle: "Dieser Link ist abgelaufen",
  expired: "Bitten Sie um einen neuen, wenn Sie die Aufnahme noch ansehen möchten.",
  usedUpTitle: "Dieser Link ist aufgebraucht",
  usedUp: "Er galt nur für eine bestimmte Zahl von Aufrufen. Bitten Sie um einen neuen, wenn Sie die Aufnahme ansehen möchten.",
  busyTitle: "Die Aufnahme kann gerade nicht gezeigt werden",
  busy: "Versuchen Sie es gleich noch einmal.",
  language: "Sprache",
  languageFailed: "Die Sprache konnte nicht geladen werden. Prüfen Sie Ihre Verbindung, und versuchen Sie es erneut.",
};
