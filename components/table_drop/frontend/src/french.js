// Every sentence and word this component shows, in French.

export const FRENCH = {
  drop: "Déposez ici le tableau modifié",
  kinds: "Un fichier CSV exporté pour être modifié",
  choose: "Choisir un fichier",
  sending: (name, share) => `Envoi de ${name} : ${share} %`,
  tooLarge: (mebibytes) => `Un tableau a ${mebibytes} Mio au plus.`,
  unreadable: "Ce fichier est illisible. Fermez-le dans votre tableur et déposez-le de nouveau.",
  noConnection: "Pas de connexion au serveur. Déposez le tableau de nouveau quand elle sera revenue.",
};
