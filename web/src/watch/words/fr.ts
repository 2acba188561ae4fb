import type { Words } from "./en";

export const fr: Words = {
  recording: "Enregistrement",
  recordingOf: "Enregistrement de {room}",
  length: "Durée {length}",
  download: "Télécharger",
  downloadOf: "Télécharger ({size})",
  until: "Ce lien fonctionne jusqu’au {time}.",
  unplayable: "Ce navigateur ne peut pas lire l’enregistrement.",
  tryAgain: "Réessayer",
  goneTitle: "Il n’y a rien à voir ici",
  gone: "Le lien ou son enregistrement a été supprimé, ou l’adresse est incomplète. Demandez un nouveau lien.",
  expiredTitle: "Ce lien a expiré",
  expired: "Demandez-en un nouveau si vous voulez encore voir l’enregistrement.",
  usedUpTitle: "Ce lien est épuisé",
  usedUp: "Il ne permettait qu’un certain nombre de lectures. Demandez-en un nouveau si vous voulez voir l’enregistrement.",
  busyTitle: "L’enregistrement ne peut pas être affiché pour le moment",
  busy: "Réessayez dans un instant.",
  language: "Langue",
  languageFailed: "La langue n’a pas pu être chargée. Vérifiez votre connexion et réessayez.",
};
