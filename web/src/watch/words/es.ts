import type { Words } from "./en";

export const es: Words = {
  recording: "Grabación",
  recordingOf: "Grabación de {room}",
  length: "Duración {length}",
  download: "Descargar",
  downloadOf: "Descargar ({size})",
  until: "Este enlace funciona hasta el {time}.",
  unplayable: "Este navegador no puede reproducir la grabación.",
  tryAgain: "Volver a intentarlo",
  goneTitle: "Aquí no hay nada que ver",
  gone: "Se ha eliminado el enlace o su grabación, o la dirección está incompleta. Pide un enlace nuevo.",
  expiredTitle: "Este enlace ha caducado",
  expired: "Pide uno nuevo si todavía quieres ver la grabación.",
  usedUpTitle: "Este enlace se ha agotado",
  usedUp: "Permitía un número limitado de visualizaciones. Pide uno nuevo si quieres ver la grabación.",
  busyTitle: "Ahora mismo no se puede mostrar la grabación",
  busy: "Vuelve a intentarlo en un momento.",
  language: "Idioma",
  languageFailed: "No se pudo cargar el idioma. Comprueba tu conexión e inténtalo de nuevo.",
};
