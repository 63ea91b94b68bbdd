import { pluralOf } from './plural.ts';
import type { Translation } from './strings.ts';

const plural = pluralOf<'other'>('ja');
const characters = (count: number): string => plural(count, { other: (n) => `${n} 文字` });

export const strings: Translation = {
  locale: 'ja',
  dir: 'ltr',
  translated: {
    'Names must not be empty': '名前を入力してください',
    'Names must not have more than {count} characters': '名前は {count} 文字以内にしてください',
    'Names must not change the direction of the text around them':
      '名前に文字の方向を変える制御文字は使えません',
    'Names must not contain invisible or control characters': '名前に見えない文字や制御文字は使えません',
    'That name has too many accents': '名前にアクセント記号を重ねすぎることはできません',
    'Messages must not be empty': 'メッセージを入力してください',
    'Messages must not have more than {count} characters': 'メッセージは {count} 文字以内にしてください',
    'Cannot set name for unknown user': '不明な人の名前は設定できません',
    'Many people are writing right now. Try again in {duration}':
      '今、多くの人が書き込んでいます。{in}にもう一度お試しください',
    'Many people are choosing a name right now. Try again in {duration}':
      '今、多くの人が名前を選んでいます。{in}にもう一度お試しください',
    'Slow down a little. Try again in {duration}': '少しゆっくりお願いします。{duration}お待ちください',
    'You just sent that. Wait {duration} to send it again':
      'それは送信したばかりです。{in}にもう一度送信できます',
    'You are already connected {count} times. Close one of your windows first':
      'すでに {count} 個の接続があります。先にどれかのウィンドウを閉じてください',
    'You are banned from this room': 'あなたはこのルームから追放されています',
    'You are banned from this room: {reason}': 'あなたはこのルームから追放されています: {reason}',
    'You are muted for another {duration}': 'あと{duration}、発言を禁止されています',
    'You are muted for another {duration}: {reason}': 'あと{duration}、発言を禁止されています: {reason}',
    'Choose a name first. You can write {duration} later':
      '先に名前を選んでください。その{in}に書き込めるようになります',
    'Choose a name first. A moderator then lets you write':
      '先に名前を選んでください。その後、モデレーターが書き込みを許可します',
    'You can write once a moderator approves you': 'モデレーターの承認後に書き込めます',
    'You are new here. You can write in {duration}': 'はじめての方は、{in}に書き込めるようになります',
    'Only the owner of the room may do this': 'ルームのオーナーだけができる操作です',
    'Only moderators may do this': 'モデレーターだけができる操作です',
    'Person not found': 'その人が見つかりません',
    'Message not found': 'メッセージが見つかりません',
    'Deleted message not found': '削除したメッセージが見つかりません',
    'That message was deleted': 'そのメッセージは削除されました',
    'A message can be edited at most {count} times': 'メッセージを編集できるのは {count} 回までです',
    'You can edit a message for {duration} after sending it':
      'メッセージを編集できるのは送信後 {duration}以内です',
    'Choose one emoji': '絵文字を 1 つ選んでください',
    'You can add at most {count} reactions to a message':
      '1 つのメッセージに付けられるリアクションは {count} 個までです',
    'A message can have at most {count} different reactions':
      '1 つのメッセージのリアクションは {count} 種類までです',
    'That message has too many reactions': 'そのメッセージにはリアクションが多すぎます',
    'Many people are reacting right now. Try again in {duration}':
      '今、多くの人がリアクションしています。{in}にもう一度お試しください',
    'At most {count} messages can be pinned. Unpin one first':
      'ピン留めできるメッセージは {count} 件までです。先にどれかを外してください',
    'You cannot block yourself': '自分をブロックすることはできません',
    'You can block at most {count} people': 'ブロックできるのは {count} 人までです',
    'You have reported that message already': 'そのメッセージはすでに報告しています',
    'You have {count} open reports. Wait until the moderators have closed some':
      '未対応の報告が {count} 件あります。モデレーターの対応をお待ちください',
    'There are too many open reports right now': '今は未対応の報告が多すぎます',
    'Report not found': '報告が見つかりません',
    'Enter what to search for': '検索する言葉を入力してください',
    'Searches must not have more than {count} characters': '検索は {count} 文字以内で入力してください',
    'Messages must not be from the future': '未来の日時のメッセージは使えません',
    'Enter how long to mute them': '発言を禁止する時間を入力してください',
    'They are already a moderator': 'その人はすでにモデレーターです',
    'They are not a moderator': 'その人はモデレーターではありません',
    'They are banned: lift the ban first': 'その人は追放されています。先に追放を解除してください',
    'They are not muted': 'その人は発言を禁止されていません',
    'They are not banned': 'その人は追放されていません',
    'They are not waiting for approval': 'その人は承認待ちではありません',
    'Moderators cannot be muted or banned': 'モデレーターの発言を禁止したり、追放したりすることはできません',
    'Reasons must not have more than {count} characters': '理由は {count} 文字以内で入力してください',
    'The policy is “open”, “wait” or “approve”': '方針は「open」「wait」「approve」のいずれかです',
    'in config.json': 'config.json の',
    'in your settings': '設定で選んだ',
    "in this page's URL": 'このページの URL の',
    'that this page was built with': 'このページのビルド時の',
    'of this chat': 'このチャットの',
    'This page could not check whether its site allows the server {server}, set {where}. Reload the page.':
      '{where}サーバー {server} がこのサイトで許可されているか確認できませんでした。ページを再読み込みしてください。',
    'This site does not allow the server {server}, set {where}. If a link brought you here, don’t trust it.':
      '{where}サーバー {server} は、このサイトでは許可されていません。リンクからここに来た場合、そのリンクを信用しないでください。',
    'The “title” {where} must be a text, such as {example}.':
      '{where}「title」は、{example} のような文字列にしてください。',
    'The “servers” {where} must be a list of web addresses, such as {example}.':
      '{where}「servers」は、{example} のようなウェブアドレスのリストにしてください。',
    'The “rooms” {where} must be a list of different databases, such as {example}.':
      '{where}「rooms」には、{example} のように、異なるデータベースを並べてください。',
    'The config.json beside this page is invalid. It should look like {example}.':
      'このページの config.json が正しくありません。{example} のような形にしてください。',
    'This page was not loaded from a web server, so it needs a server address: add ?uri=https://… to its URL.':
      'このページはウェブサーバーから読み込まれていないため、サーバーのアドレスが必要です。URL に ?uri=https://… を付けてください。',
    'The server address {where} is not a web address: “{uri}”. Use an address such as https://chat.example.com.':
      '{where}サーバーアドレスはウェブアドレスではありません: 「{uri}」。https://chat.example.com のようなアドレスを使ってください。',
    'This secure page cannot use the insecure server “{uri}” set {where}. Use an https address.':
      'この安全なページでは、{where}安全でないサーバー「{uri}」を使えません。https のアドレスを使ってください。',
    'The database name “{database}” {where} is invalid. Use lowercase letters, digits and single hyphens, such as {example}.':
      '{where}データベース名「{database}」は正しくありません。{example} のように、小文字、数字、単独のハイフンだけを使ってください。',
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
  noServer: 'チャットサーバーなし',
  noServerMore: (server) =>
    `このページはまだチャットサーバーに接続されていません。${server} はチャットサーバーではありません。あなたのページであれば、「uri」に SpacetimeDB サーバーのアドレスを設定してください。`,
  notConnected: '未接続',
  wrongSettings: '設定が正しくありません。',
  unreachable: (server) => `${server} に接続できません。メッセージは保存され、接続が回復すると送信されます。`,
  lost: (server) => `${server} との接続が切れました。メッセージは保存され、接続が回復すると送信されます。`,
  nextTry: (seconds) => `${seconds} 秒後に再試行します。`,
  tryNow: '今すぐ試す',
  newPerson: '新しい人として続ける',
  denied: 'アクセスを拒否されました',

  messages: 'メッセージ',
  messageActions: 'メッセージの操作',
  noMessages: 'まだメッセージはありません',
  noMessagesMore: 'あいさつしてみましょう。ルームの全員に見えます。',
  nothingYet: 'まだ表示するものがありません',
  nothingYetMore: '接続できると、ここにメッセージが表示されます。',
  loadFailed: 'メッセージを読み込めませんでした',
  noReason: 'サーバーから理由は示されませんでした。',
  beginning: '会話の始まりです。',
  beginningOf: (room) => `${room} の始まりです。`,
  inviteLink: '招待リンクをコピー',
  loadingOlder: '以前のメッセージを読み込み中…',
  olderFailed: '以前のメッセージを読み込めませんでした。再試行',
  latest: '最新のメッセージ',
  unread: (count) => plural(count, { other: (n) => `新着メッセージ ${n} 件` }),
  mentions: (count) => `あなたへのメンション ${count} 件`,
  hidden: (count) => plural(count, { other: (n) => `${n} 件のメッセージは表示できません。` }),
  newMessages: '新着メッセージ',
  you: '自分',
  showAll: (count) => `全文を表示（${characters(count)}）`,

  sending: '送信中…',
  waiting: 'オンラインに戻ると送信されます。',
  sendsLater: (when) => `${when}に送信します。`,
  notSent: '未送信。',
  notArrived: '問題が発生しました。',
  noConnection: '接続がありません。',
  outcomeUnknown: 'サーバーの応答前に接続が切れたため、届いている可能性もあります。',
  tryAgain: '再試行',
  discard: '破棄',
  muted: (left) =>
    `あと${left}、発言を禁止されています。読むことはできますが、書き込みと名前の変更はできません。`,
  reason: '理由: {reason}',

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
  emoji: '絵文字',
  suggestions: '候補',
  everyone: 'ルームの全員に通知します',
  replyingTo: '{name}さんに返信',
  cancelReply: '返信をやめる',
  editing: 'メッセージを編集中',
  cancelEditing: '編集をやめる',
  looksLikeCode: 'コードのようです。',
  formatAsCode: 'コードブロックにする',
  textOnly: 'このルームで送れるのは文字だけです。画像はリンクを貼って共有してください。',
  isTyping: '{name}さんが入力中…',
  areTyping: '{name}さんと{other}さんが入力中…',
  severalTyping: '複数の人が入力中…',

  yourName: 'あなたの名前',
  welcome: 'ようこそ！',
  welcomeMore: 'お名前は？',
  join: '参加',
  skip: '匿名のままにする',
  save: '保存',
  saving: '保存中…',
  cancel: 'キャンセル',
  writingAs: '{name} として書いています',
  chooseName: '名前を決める',
  nameTaken: (name) => `${name} はすでに使われています。`,
  tryName: '{name} を使う',
  changeName: '名前を変更',
  change: '変更',

  people: 'メンバー',
  online: 'オンライン',
  offline: 'オフライン',
  searchPeople: 'メンバーを検索',
  nobody: (sought) => `「${sought}」に一致する人はいません。`,
  showMore: (count) => `さらに表示（${count}）`,
  nameless: (count) => plural(count, { other: (n) => `名前のない人 ${n} 人` }),
  owner: 'オーナー',
  moderator: 'モデレーター',
  memberSince: (date) => `${date}から参加`,
  mention: 'メンション',
  copyId: 'ID をコピー',
  copyCode: 'コードをコピー',
  copied: 'コピーしました',
  notCopied: 'コピーできませんでした',
  joined: '{name} が参加しました',
  left: '{name} が退出しました',
  renamed: '{was} は名前を {name} に変えました',

  close: '閉じる',

  onlyHere:
    'サインインできるのはこのブラウザーだけです。失われたときに戻れるよう、サインインキーを保存してください。',
  deletedUnvisited: 'このブラウザーは、ここを訪れずに 7 日間使うとキーを削除します。',
  showKey: 'キーを表示',
  notNow: '後で',

  chat: 'チャット',
  openChat: 'チャットを開く',
  closeChat: 'チャットを閉じる',
  settings: '設定',
  search: 'メッセージを検索',
  panelFailed: '読み込めませんでした。オンラインに戻ってからもう一度お試しください。',
  dismiss: '非表示',
  notSetUp: 'このページの設定が正しくありません',
  notAllowed: 'このサーバーはここでは使えません',
  useOwnServer: 'このサイトのサーバーを使う',
  onServer: (server) => `接続先: ${server}`,
  onServerMore: 'このページ本来のサーバーではありません。',
};
