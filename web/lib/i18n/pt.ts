import { pluralOf } from './plural.ts';
import type { Strings } from './strings.ts';

const plural = pluralOf<'one' | 'many' | 'other'>('pt');
const characters = (count: number): string =>
  plural(count, {
    one: (n) => `${n} caractere`,
    many: (n) => `${n} de caracteres`,
    other: (n) => `${n} caracteres`,
  });

export const strings: Strings = {
  locale: 'pt',
  dir: 'ltr',
  translated: {
    'Names must not be empty': 'O nome não pode ficar vazio',
    'Names must not have more than 32 characters': 'O nome não pode ter mais de 32 caracteres',
    'Names must not change the direction of the text around them':
      'O nome não pode mudar a direção do texto à sua volta',
    'Names must not contain invisible or control characters':
      'O nome não pode conter caracteres invisíveis nem de controle',
    'That name has too many accents': 'O nome não pode empilhar acentos',
    'Messages must not be empty': 'A mensagem não pode ficar vazia',
    'Messages must not have more than 2000 characters': 'A mensagem não pode ter mais de 2000 caracteres',
  },

  connection: 'Conexão',
  connecting: 'Conectando…',
  connected: 'Conectado',
  reconnecting: 'Reconectando…',
  isOffline: 'Sem conexão',
  isOfflineMore:
    'Seu dispositivo está sem conexão. Suas mensagens ficam salvas e serão enviadas quando você voltar a ficar on-line.',
  refused: 'Identificação recusada',
  refusedMore: (server) =>
    `${server} recusa a identificação guardada neste navegador. Você pode continuar como uma nova pessoa; seu nome e suas mensagens anteriores ficam com a antiga.`,
  closed: 'Desconectado',
  closedMore: 'A conexão foi encerrada. Recarregue a página para continuar.',
  noDatabase: 'Banco de dados inexistente',
  noDatabaseMore: (server, database) =>
    `${server} não tem nenhum banco de dados chamado “${database}”. Confira o nome ou publique o chat lá.`,
  notAChat: 'Não é um chat',
  notAChatMore: (server, database) =>
    `O banco de dados “${database}” em ${server} não é um chat, ou é um que esta página não entende.`,
  notConnected: 'Não conectado',
  wrongSettings: 'As configurações estão erradas.',
  unreachable: (server) =>
    `Não é possível acessar ${server}. Suas mensagens ficam salvas e serão enviadas quando a conexão voltar.`,
  lost: (server) =>
    `A conexão com ${server} caiu. Suas mensagens ficam salvas e serão enviadas quando ela voltar.`,
  nextTry: (seconds) => `Próxima tentativa em ${seconds} s.`,
  tryNow: 'Tentar agora',
  newPerson: 'Continuar como uma nova pessoa',

  messages: 'Mensagens',
  noMessages: 'Ainda não há mensagens',
  noMessagesMore: 'Diga olá: todos na sala vão ver.',
  nothingYet: 'Ainda não há nada para mostrar',
  nothingYetMore: 'As mensagens aparecem aqui assim que a conexão funcionar.',
  loadFailed: 'Não foi possível carregar as mensagens',
  noReason: 'O servidor não deu nenhum motivo.',
  beginning: 'Este é o começo da conversa.',
  loadingOlder: 'Carregando mensagens anteriores…',
  olderFailed: 'Não foi possível carregar as mensagens anteriores. Tentar de novo',
  latest: 'Últimas mensagens',
  unread: (count) =>
    plural(count, {
      one: (n) => `${n} mensagem nova`,
      many: (n) => `${n} de mensagens novas`,
      other: (n) => `${n} mensagens novas`,
    }),
  hidden: (count) =>
    plural(count, {
      one: (n) => `${n} mensagem não pode ser exibida.`,
      many: (n) => `${n} de mensagens não podem ser exibidas.`,
      other: (n) => `${n} mensagens não podem ser exibidas.`,
    }),
  newMessages: 'Mensagens novas',
  you: 'você',
  showAll: (count) => `Mostrar tudo (${characters(count)})`,

  sending: 'Enviando…',
  waiting: 'Será enviada quando você voltar a ficar on-line.',
  sendsLater: (when) => `Será enviada ${when}.`,
  notSent: 'Não enviada.',
  notArrived: 'Algo deu errado.',
  noConnection: 'Não há conexão.',
  outcomeUnknown: 'A conexão caiu antes de o servidor responder; pode ser que ela tenha chegado mesmo assim.',
  tryAgain: 'Tentar de novo',
  discard: 'Descartar',

  unsent:
    'Não há conexão, por isso nada foi enviado. Fica guardado aqui: tente de novo quando estiver conectado.',
  mayHaveArrived:
    'A conexão caiu antes de o servidor responder. Pode ter chegado ou não: confira antes de enviar de novo.',
  failed: (reason) => `Não funcionou: ${reason}`,

  write: 'Escreva uma mensagem',
  message: 'Mensagem',
  send: 'Enviar',
  keys: '{Enter} envia, {Shift + Enter} começa uma nova linha',
  charactersLeft: (count) => `Restam: ${characters(count)}`,
  charactersOver: (count) => `${characters(count)} a mais`,

  yourName: 'Seu nome',
  welcome: 'Boas-vindas!',
  welcomeMore: 'Qual é o seu nome?',
  join: 'Participar',
  skip: 'Continuar em anonimato',
  save: 'Salvar',
  saving: 'Salvando…',
  cancel: 'Cancelar',
  writingAs: 'Escrevendo como {name}',
  chooseName: 'Escolher um nome',
  nameTaken: (name) => `${name} já está em uso.`,
  tryName: 'Usar {name}',
  changeName: 'Mudar seu nome',
  change: 'Mudar',

  people: 'Pessoas',
  online: 'Online',
  offline: 'Offline',
  searchPeople: 'Buscar pessoas',
  nobody: (sought) => `Ninguém corresponde a “${sought}”.`,
  showMore: (count) => `Mostrar mais (${count})`,
  copyIdentity: (person) => `Copiar a identidade de ${person}`,
  copy: 'copiar',
  copied: 'Copiado',
  notCopied: 'Não copiado',
  joined: '{name} entrou',
  left: '{name} saiu',
  renamed: '{was} agora se chama {name}',

  chat: 'Chat',
  openChat: 'Abrir o chat',
  closeChat: 'Fechar o chat',
  notSetUp: 'Esta página não está bem configurada',
  notAllowed: 'Este servidor não é permitido aqui',
  onServer: (server) => `em ${server}`,
  onServerMore: 'Este não é o servidor próprio desta página.',
};
