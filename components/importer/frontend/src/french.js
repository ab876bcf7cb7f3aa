// Every sentence and word this component shows, in French.

export const FRENCH = {
  drop: "Déposer ici un dossier, un ZIP ou des fichiers d’annotations",
  dropHint: "COCO, YOLO, Pascal VOC, CSV, JSON Lines, Label Studio ou CVAT : avec leurs images, ou pour des images déjà présentes.",
  chooseFiles: "Choisir des fichiers",
  chooseFolder: "Choisir un dossier",
  begin: (figure, n) => `Envoyer ${figure} ${n < 2 ? "fichier" : "fichiers"} et regarder`,
  nothingYet: "Rien n’est importé avant que vous ayez vu ce qui en adviendrait.",
  goOn: "Continuer",
  goOnWithout: (figure, n) => `Continuer sans ${n < 2 ? "celui-ci" : `ces ${figure}`}`,
  retry: "Réessayer",
  giveUp: "Annuler",
  clear: "Vider la liste",
  pictures: (figure, n) => `${figure} ${n < 2 ? "image" : "images"}`,
  others: (figure, n) => `${figure} ${n < 2 ? "autre fichier" : "autres fichiers"}`,
  sent: (done, total, sent, size) => `${done} fichiers sur ${total} envoyés · ${sent} sur ${size}`,
  asking: "Tout est envoyé. Lecture en cours…",
  notSent: "Ceux-ci n’ont pas pu être envoyés :",
  nothingInIt: "Il n’y a aucun fichier dans ce qui a été déposé ou choisi. Prenez un dossier avec des fichiers, un ZIP ou des fichiers d’annotations.",
  noAnswer: "Le serveur n’a pas répondu. Rien n’est perdu : continuez quand il sera revenu.",
};
