import { pluralOf } from './plural.ts';
import type { Strings } from './strings.ts';

const plural = pluralOf<'other'>('ja');
const characters = (count: number): string => plural(count, { other: (n) => `${n} 文字` });

export const strings: Strings = {
  locale: 'ja',
  dir: 'ltr',
  translated: {
    'Names must not be empty': '名前を入力してください',
    'Names must not have more than 32 characters': '名前は 32 文字以内にしてください',
    'Names must not change the direction of the text around them':
      '名前に文字の方向を変える制御文字は使えません',
    'Names must not contain invisible or control characters': '名前に見えない文字や制御文字は使えません',
    'That name has too many accents': '名前にアクセント記号を重ねすぎることはできません',
    'Messages must not be empty': 'メッセージを入力してください',
    'Messages must not have more than 2000 characters': 'メッセージは 2000 文字以内にしてください',
  },

  connection: '接続',
  connecting: '接続中…',
  connected: '接続済み',
  reconnecting: '再接続中…',
  isOffline: 'オフライン',
  isOfflineMore: '端末がオフラインです。メッセージは保存され、オンラインに戻ると送信されます。',
  refused: 'サインインを拒否されました',
  refusedMore: (server) =>
    `${server} は、このブラウザーに保存されたサインイン情報を受け付けません。新しい人として続けられますが、以前の名前とメッセージは元の人のものとして残ります。`,
  closed: '切断されました',
  closedMore: '接続が閉じられました。続けるにはページを再読み込みしてください。',
  noDatabase: 'データベースがありません',
  noDatabaseMore: (server, database) =>
    `${server} に「${database}」というデータベースはありません。名前を確かめるか、そこにチャットを公開してください。`,
  notAChat: 'チャットではありません',
  notAChatMore: (server, database) =>
    `${server} のデータベース「${database}」はチャットではないか、このページが対応していないチャットです。`,
  notConnected: '未接続',
  wrongSettings: '設定が正しくありません。',
  unreachable: (server) => `${server} に接続できません。メッセージは保存され、接続が回復すると送信されます。`,
  lost: (server) => `${server} との接続が切れました。メッセージは保存され、接続が回復すると送信されます。`,
  nextTry: (seconds) => `${seconds} 秒後に再試行します。`,
  tryNow: '今すぐ試す',
  newPerson: '新しい人として続ける',

  messages: 'メッセージ',
  noMessages: 'まだメッセージはありません',
  noMessagesMore: 'あいさつしてみましょう。ルームの全員に見えます。',
  nothingYet: 'まだ表示するものがありません',
  nothingYetMore: '接続できると、ここにメッセージが表示されます。',
  loadFailed: 'メッセージを読み込めませんでした',
  noReason: 'サーバーから理由は示されませんでした。',
  beginning: '会話の始まりです。',
  loadingOlder: '以前のメッセージを読み込み中…',
  olderFailed: '以前のメッセージを読み込めませんでした。再試行',
  latest: '最新のメッセージ',
  unread: (count) => plural(count, { other: (n) => `新着メッセージ ${n} 件` }),
  hidden: (count) => plural(count, { other: (n) => `${n} 件のメッセージは表示できません。` }),
  newMessages: '新着メッセージ',
  you: '自分',
  showAll: (count) => `全文を表示（${characters(count)}）`,

  sending: '送信中…',
  waiting: 'オンラインに戻ると送信されます。',
  notSent: '未送信。',
  notArrived: '問題が発生しました。',
  noConnection: '接続がありません。',
  outcomeUnknown: 'サーバーの応答前に接続が切れたため、届いている可能性もあります。',
  tryAgain: '再試行',
  discard: '破棄',

  unsent:
    '接続がないため送信されませんでした。内容はここに残っています。接続してからもう一度お試しください。',
  mayHaveArrived:
    'サーバーの応答前に接続が切れました。届いたかどうか分かりません。もう一度送る前にご確認ください。',
  failed: (reason) => `うまくいきませんでした：${reason}`,

  write: 'メッセージを書く',
  message: 'メッセージ',
  send: '送信',
  keys: '{Enter} で送信、{Shift + Enter} で改行',
  charactersLeft: (count) => `残り ${characters(count)}`,
  charactersOver: (count) => `${characters(count)}超過しています`,

  yourName: 'あなたの名前',
  welcome: 'ようこそ！',
  welcomeMore: 'お名前は？',
  join: '参加',
  skip: '匿名のままにする',
  save: '保存',
  saving: '保存中…',
  cancel: 'キャンセル',
  noName: '匿名です',
  writingAs: '{name} として書いています',
  chooseName: '名前を決める',
  changeName: '名前を変更',
  change: '変更',

  people: 'メンバー',
  online: 'オンライン',
  offline: 'オフライン',
  searchPeople: 'メンバーを検索',
  nobody: (sought) => `「${sought}」に一致する人はいません。`,
  showMore: (count) => `さらに表示（${count}）`,
  copyIdentity: (person) => `${person} の ID をコピー`,
  copy: 'コピー',
  copied: 'コピーしました',
  notCopied: 'コピーできませんでした',
  joined: '{name} が参加しました',
  left: '{name} が退出しました',
  renamed: '{was} は名前を {name} に変えました',

  onlyHere:
    'サインインできるのはこのブラウザーだけです。失われたときに戻れるよう、サインインキーを保存してください。',
  deletedUnvisited: 'このブラウザーは、ここを訪れずに 7 日間使うとキーを削除します。',
  showKey: 'キーを表示',
  notNow: '後で',

  chat: 'チャット',
  openChat: 'チャットを開く',
  closeChat: 'チャットを閉じる',
  notSetUp: 'このページの設定が正しくありません',
  notAllowed: 'このサーバーはここでは使えません',
  onServer: (server) => `接続先: ${server}`,
  onServerMore: 'このページ本来のサーバーではありません。',
};
