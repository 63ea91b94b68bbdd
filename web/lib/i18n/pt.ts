import { pluralOf } from './plural.ts';
import type { Translation } from './strings.ts';

const plural = pluralOf<'one' | 'many' | 'other'>('pt');
const characters = (count: number): string =>
  plural(count, {
    one: (n) => `${n} caractere`,
    many: (n) => `${n} de caracteres`,
    other: (n) => `${n} caracteres`,
  });

export const strings: Translation = {
  locale: 'pt',
  dir: 'ltr',
  translated: {
    'Names must not be empty': 'Digite um nome',
    'Names must not have more than {count} characters': 'O nome não pode ter mais de {count} caracteres',
    'Names must not change the direction of the text around them':
      'O nome não pode mudar a direção do texto à sua volta',
    'Names must not contain invisible or control characters':
      'O nome não pode conter caracteres invisíveis nem de controle',
    'That name has too many accents': 'O nome não pode empilhar acentos',
    'Messages must not be empty': 'A mensagem não pode ficar vazia',
    'Messages must not have more than {count} characters':
      'A mensagem não pode ter mais de {count} caracteres',
    'Cannot set name for unknown user': 'Não é possível dar um nome a uma pessoa desconhecida',
    'Many people are writing right now. Try again in {duration}':
      'Muita gente está escrevendo agora. Tente de novo {in}',
    'Many people are choosing a name right now. Try again in {duration}':
      'Muita gente está escolhendo um nome agora. Tente de novo {in}',
    'Slow down a little. Try again in {duration}': 'Um pouco mais devagar: espere {duration}',
    'You just sent that. Wait {duration} to send it again':
      'Você acabou de enviar isso. Poderá enviar de novo {in}',
    'You are already connected {count} times. Close one of your windows first':
      'Você já tem {count} conexões. Feche antes uma das suas janelas',
    'You are banned from this room': 'Você foi banido desta sala',
    'You are banned from this room: {reason}': 'Você foi banido desta sala: {reason}',
    'You are muted for another {duration}': 'Você está silenciado por mais {duration}',
    'You are muted for another {duration}: {reason}': 'Você está silenciado por mais {duration}: {reason}',
    'Choose a name first. You can write {duration} later':
      'Escolha um nome primeiro. Você poderá escrever {duration} depois',
    'Choose a name first. A moderator then lets you write':
      'Escolha um nome primeiro. Depois, a moderação libera você para escrever',
    'You can write once a moderator approves you': 'Você poderá escrever assim que a moderação aprovar',
    'You are new here. You can write in {duration}': 'Você é novo aqui. Poderá escrever {in}',
    'Only the owner of the room may do this': 'Só o dono da sala pode fazer isso',
    'Only moderators may do this': 'Só a moderação pode fazer isso',
    'Person not found': 'Pessoa não encontrada',
    'Message not found': 'Mensagem não encontrada',
    'Deleted message not found': 'Mensagem excluída não encontrada',
    'That message was deleted': 'Essa mensagem foi excluída',
    'A message can be edited at most {count} times': 'Uma mensagem pode ser editada no máximo {count} vezes',
    'You can edit a message for {duration} after sending it':
      'Você pode editar uma mensagem por {duration} depois de enviá-la',
    'Choose one emoji': 'Escolha um único emoji',
    'You can add at most {count} reactions to a message':
      'Você pode adicionar no máximo {count} reações a uma mensagem',
    'A message can have at most {count} different reactions':
      'Uma mensagem pode ter no máximo {count} reações diferentes',
    'That message has too many reactions': 'Essa mensagem tem reações demais',
    'Many people are reacting right now. Try again in {duration}':
      'Muita gente está reagindo agora. Tente de novo {in}',
    'At most {count} messages can be pinned. Unpin one first':
      'No máximo {count} mensagens podem ficar fixadas. Desafixe uma primeiro',
    'You cannot block yourself': 'Você não pode bloquear a si mesmo',
    'You can block at most {count} people': 'Você pode bloquear no máximo {count} pessoas',
    'You have reported that message already': 'Você já denunciou essa mensagem',
    'You have {count} open reports. Wait until the moderators have closed some':
      'Você tem {count} denúncias abertas. Espere a moderação fechar algumas',
    'There are too many open reports right now': 'Há denúncias abertas demais agora',
    'Report not found': 'Denúncia não encontrada',
    'Enter what to search for': 'Digite o que você quer buscar',
    'Searches must not have more than {count} characters': 'A busca não pode ter mais de {count} caracteres',
    'Messages must not be from the future': 'As mensagens não podem ser do futuro',
    'Enter how long to mute them': 'Informe por quanto tempo silenciar a pessoa',
    'They are already a moderator': 'A pessoa já modera a sala',
    'They are not a moderator': 'A pessoa não modera a sala',
    'They are banned: lift the ban first': 'A pessoa foi banida: retire antes o banimento',
    'They are not muted': 'A pessoa não está silenciada',
    'They are not banned': 'A pessoa não foi banida',
    'They are not waiting for approval': 'A pessoa não está esperando aprovação',
    'Moderators cannot be muted or banned': 'Quem modera não pode ser silenciado nem banido',
    'Reasons must not have more than {count} characters': 'O motivo não pode ter mais de {count} caracteres',
    'The policy is “open”, “wait” or “approve”': 'A regra é “open”, “wait” ou “approve”',
    'in config.json': 'de config.json',
    'in your settings': 'das suas configurações',
    "in this page's URL": 'do endereço desta página',
    'that this page was built with': 'da compilação desta página',
    'of this chat': 'deste chat',
    'This page could not check whether its site allows the server {server}, set {where}. Reload the page.':
      'Esta página não conseguiu verificar se o site permite o servidor {server} ({where}). Recarregue a página.',
    'This site does not allow the server {server}, set {where}. If a link brought you here, don’t trust it.':
      'Este site não permite o servidor {server} ({where}). Se um link trouxe você até aqui, não confie nele.',
    'The “title” {where} must be a text, such as {example}.':
      'O “title” {where} deve ser um texto, por exemplo {example}.',
    'The “servers” {where} must be a list of web addresses, such as {example}.':
      'A lista “servers” {where} deve conter endereços web, por exemplo {example}.',
    'The “rooms” {where} must be a list of different databases, such as {example}.':
      'A lista “rooms” {where} deve conter bancos de dados diferentes, por exemplo {example}.',
    'The config.json beside this page is invalid. It should look like {example}.':
      'O config.json desta página é inválido. Ele deveria ser como {example}.',
    'This page was not loaded from a web server, so it needs a server address: add ?uri=https://… to its URL.':
      'Esta página não veio de um servidor web, por isso precisa do endereço de um: acrescente ?uri=https://… ao endereço dela.',
    'The server address {where} is not a web address: “{uri}”. Use an address such as https://chat.example.com.':
      'O endereço do servidor {where} não é um endereço web: “{uri}”. Use um endereço como https://chat.example.com.',
    'This secure page cannot use the insecure server “{uri}” set {where}. Use an https address.':
      'Esta página segura não pode usar o servidor inseguro “{uri}” {where}. Use um endereço https.',
    'The database name “{database}” {where} is invalid. Use lowercase letters, digits and single hyphens, such as {example}.':
      'O nome do banco de dados “{database}” {where} é inválido. Use letras minúsculas, algarismos e hifens simples, por exemplo {example}.',
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
  noServer: 'Nenhum servidor de chat',
  noServerMore: (server) =>
    `Esta página ainda não está ligada a um servidor de chat: ${server} não é um. Se a página for sua, informe em “uri” o endereço de um servidor SpacetimeDB.`,
  notConnected: 'Não conectado',
  wrongSettings: 'As configurações estão erradas.',
  unreachable: (server) =>
    `Não é possível acessar ${server}. Suas mensagens ficam salvas e serão enviadas quando a conexão voltar.`,
  lost: (server) =>
    `A conexão com ${server} caiu. Suas mensagens ficam salvas e serão enviadas quando ela voltar.`,
  nextTry: (seconds) => `Próxima tentativa em ${seconds} s.`,
  tryNow: 'Tentar agora',
  newPerson: 'Continuar como uma nova pessoa',
  denied: 'Acesso negado',

  messages: 'Mensagens',
  messageActions: 'Ações da mensagem',
  noMessages: 'Ainda não há mensagens',
  noMessagesMore: 'Diga olá: todos na sala vão ver.',
  nothingYet: 'Ainda não há nada para mostrar',
  nothingYetMore: 'As mensagens aparecem aqui assim que a conexão funcionar.',
  loadFailed: 'Não foi possível carregar as mensagens',
  noReason: 'O servidor não deu nenhum motivo.',
  beginning: 'Este é o começo da conversa.',
  beginningOf: (room) => `Aqui começa ${room}.`,
  inviteLink: 'Copiar link de convite',
  loadingOlder: 'Carregando mensagens anteriores…',
  olderFailed: 'Não foi possível carregar as mensagens anteriores. Tentar de novo',
  latest: 'Últimas mensagens',
  unread: (count) =>
    plural(count, {
      one: (n) => `${n} mensagem nova`,
      many: (n) => `${n} de mensagens novas`,
      other: (n) => `${n} mensagens novas`,
    }),
  mentions: (count) => (count === 1 ? '1 menção a você' : `${count} menções a você`),
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
  muted: (left) => `Você está silenciado por mais ${left}: pode ler, mas não escrever nem mudar seu nome.`,
  reason: 'Motivo: {reason}',

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
  emoji: 'Emoji',
  suggestions: 'Sugestões',
  everyone: 'Avisa todos na sala',
  replyingTo: 'Resposta a {name}',
  cancelReply: 'Cancelar resposta',
  editing: 'Editando a mensagem',
  cancelEditing: 'Cancelar edição',
  looksLikeCode: 'Isto parece código.',
  formatAsCode: 'Formatar como bloco de código',
  textOnly: 'Esta sala só aceita texto. Para compartilhar uma imagem, cole um link para ela.',
  isTyping: '{name} está escrevendo…',
  areTyping: '{name} e {other} estão escrevendo…',
  severalTyping: 'Várias pessoas estão escrevendo…',

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
  nameless: (count) =>
    plural(count, {
      one: (n) => `${n} pessoa sem nome`,
      many: (n) => `${n} de pessoas sem nome`,
      other: (n) => `${n} pessoas sem nome`,
    }),
  owner: 'Proprietário',
  moderator: 'Moderador',
  memberSince: (date) => `Aqui desde ${date}`,
  mention: 'Mencionar',
  copyId: 'Copiar ID',
  copyCode: 'Copiar o código',
  copied: 'Copiado',
  notCopied: 'Não copiado',
  joined: '{name} entrou',
  left: '{name} saiu',
  renamed: '{was} agora se chama {name}',

  close: 'Fechar',

  onlyHere:
    'Só este navegador pode iniciar a sua sessão. Guarde a sua chave de acesso para poder voltar se ela se perder.',
  deletedUnvisited: 'Este navegador apaga-a após 7 dias de uso sem uma visita aqui.',
  showKey: 'Mostrar a chave',
  notNow: 'Agora não',

  chat: 'Chat',
  openChat: 'Abrir o chat',
  closeChat: 'Fechar o chat',
  settings: 'Configurações',
  search: 'Buscar mensagens',
  panelFailed: 'Não foi possível carregar. Tente de novo quando voltar a ficar on-line.',
  dismiss: 'Dispensar',
  notSetUp: 'Esta página não está bem configurada',
  notAllowed: 'Este servidor não é permitido aqui',
  useOwnServer: 'Usar o servidor deste site',
  onServer: (server) => `em ${server}`,
  onServerMore: 'Este não é o servidor próprio desta página.',
};
