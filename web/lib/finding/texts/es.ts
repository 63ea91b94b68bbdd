import type { FindingTexts } from './en.ts';

export const texts: FindingTexts = {
  rooms: 'Salas',
  switchRoom: 'Cambiar de sala',
  noSuchRoom: (room) => `Aquí no hay ninguna sala «${room}». Estás en otra.`,

  searchMessages: 'Buscar mensajes',
  searchHint: 'Encuentra los mensajes que contienen todas estas palabras.',
  searching: 'Buscando…',
  found: (count) => (count === 1 ? '1 mensaje encontrado' : `${count} mensajes encontrados`),
  newestFound: (count) => `Los ${count} mensajes más recientes`,
  nothingFound: (sought) => `Ningún mensaje coincide con «${sought}».`,
  showMore: 'Mostrar más',
  searchFailed: 'No se pudo buscar.',
  onlyLoaded: 'Solo se busca en los mensajes cargados aquí.',
  goToDate: 'Ir a una fecha',
  go: 'Ir',
  dateFailed: 'No se pudieron cargar los mensajes de ese día.',
  nothingSince: 'No hay mensajes de ese día ni posteriores.',

  openingMessage: 'Abriendo el mensaje…',
  messageGone: 'Este mensaje se eliminó o es más antiguo de lo que guarda la sala.',
  messageFailed: 'No se pudo abrir el mensaje.',
  noLinks: 'Este servidor no puede encontrar mensajes por un enlace.',

  pinned: 'Fijado',
  pinnedMessages: 'Mensajes fijados',
  showPinned: (count) =>
    count === 1 ? 'Mostrar el mensaje fijado' : `Mostrar los ${count} mensajes fijados`,
  goToPinned: 'Ir a este mensaje fijado',
  unpin: 'Desfijar',
  unpinMessage: (author) => `Desfijar este mensaje de ${author}`,
  nothingPinned: 'Ahora no hay nada fijado.',
};
