import type { FindingTexts } from './en.ts';

export const texts: FindingTexts = {
  rooms: 'Salas',
  switchRoom: 'Mudar de sala',
  noSuchRoom: (room) => `Não há uma sala “${room}” aqui. Você está em outra.`,

  searchMessages: 'Buscar mensagens',
  searchHint: 'Encontra mensagens que têm todas estas palavras.',
  searching: 'Buscando…',
  found: (count) => (count === 1 ? '1 mensagem encontrada' : `${count} mensagens encontradas`),
  newestFound: (count) => `As ${count} mensagens mais recentes`,
  nothingFound: (sought) => `Nenhuma mensagem corresponde a “${sought}”.`,
  showMore: 'Mostrar mais',
  searchFailed: 'Não foi possível buscar.',
  onlyLoaded: 'A busca inclui apenas as mensagens carregadas aqui.',
  goToDate: 'Ir para uma data',
  go: 'Ir',
  dateFailed: 'Não foi possível carregar as mensagens desse dia.',
  nothingSince: 'Não há mensagens nesse dia nem depois.',

  openingMessage: 'Abrindo a mensagem…',
  messageGone: 'Esta mensagem foi excluída ou é mais antiga do que a sala guarda.',
  messageFailed: 'Não foi possível abrir a mensagem.',
  noLinks: 'Este servidor não consegue encontrar mensagens por um link.',

  pinned: 'Fixada',
  pinnedMessages: 'Mensagens fixadas',
  showPinned: (count) =>
    count === 1 ? 'Mostrar a mensagem fixada' : `Mostrar as ${count} mensagens fixadas`,
  goToPinned: 'Ir para esta mensagem fixada',
  unpin: 'Desafixar',
  unpinMessage: (author) => `Desafixar esta mensagem de ${author}`,
  nothingPinned: 'Nada está fixado agora.',
};
