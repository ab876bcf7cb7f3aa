// Every sentence and word this component shows, in French.

export const FRENCH = {
  download: "Télécharger le CSV",
  cancel: "Annuler",
  plain: "Télécharger sans progression",
  waiting: "En attente de la première ligne…",
  cancelled: "Annulé. Rien n’a été enregistré.",
  broken: "La connexion s’est rompue avant la fin. Rien n’a été enregistré ; téléchargez de nouveau.",
  noConnection: "Pas de connexion au serveur. Téléchargez de nouveau quand elle sera revenue.",
  tooLarge: "C’est trop grand pour rester dans le navigateur. Prenez « Télécharger sans progression » : cela va droit sur le disque.",
  rowsSoFar: (figure) => `${figure} lignes`,
  rowsOf: (figure, total) => `${figure} sur ${total} lignes`,
  saved: (name, figure, n, size) => `${name} enregistré : ${figure} ${n < 2 ? "ligne" : "lignes"}, ${size}.`,
  bytes: ["o", "ko", "Mo"],
};
