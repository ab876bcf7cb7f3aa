// Every sentence and word this component shows, in French.

export const FRENCH = {
  grid: "Médias",
  select: "Sélectionner",
  missing: "Image non disponible",
  timeAssumed: "fuseau supposé",
  noTime: "sans heure de prise",
  original: "Original",
  hideShapes: "Cacher les formes",
  showShapes: "Montrer les formes",
  back: "Retour à la liste",
  previous: "Précédent",
  next: "Suivant",
  copyLink: "Copier le lien",
  copied: "Lien copié",
  copyFailed: "À copier dans la barre d’adresse",
  magnified: "Agrandie depuis l’original",
  nothingToMagnify: "Aucune forme à agrandir",
  nearby: "Même source, autour de ce moment",
  sameTime: "même heure",
  days: (n) => `${n} j`,
  shapes: (n) => (n === 0 ? "aucune forme" : n === 1 ? "1 forme" : `${n} formes`),
};
