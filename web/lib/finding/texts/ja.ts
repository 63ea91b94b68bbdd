import type { FindingTexts } from './en.ts';

export const texts: FindingTexts = {
  rooms: 'ルーム',
  switchRoom: 'ルームを切り替える',
  noSuchRoom: (room) => `「${room}」というルームはここにありません。別のルームを表示しています。`,

  searchMessages: 'メッセージを検索',
  searchHint: 'すべての単語を含むメッセージを探します。',
  searching: '検索中…',
  found: (count) => `${count} 件のメッセージが見つかりました`,
  newestFound: (count) => `新しい順に ${count} 件`,
  nothingFound: (sought) => `「${sought}」に一致するメッセージはありません。`,
  showMore: 'さらに表示',
  searchFailed: '検索できませんでした。',
  onlyLoaded: 'ここに読み込まれたメッセージだけを検索します。',
  goToDate: '日付へ移動',
  go: '移動',
  dateFailed: 'その日のメッセージを読み込めませんでした。',
  nothingSince: 'その日以降のメッセージはありません。',

  openingMessage: 'メッセージを開いています…',
  messageGone: 'このメッセージは削除されたか、ルームの保存期間を過ぎています。',
  messageFailed: 'メッセージを開けませんでした。',
  noLinks: 'このサーバーではリンクからメッセージを探せません。',

  pinned: 'ピン留め',
  pinnedMessages: 'ピン留めされたメッセージ',
  showPinned: (count) => `ピン留めされたメッセージ ${count} 件を表示`,
  goToPinned: 'このピン留めされたメッセージへ移動',
  unpin: 'ピン留めを外す',
  unpinMessage: (author) => `${author} のこのメッセージのピン留めを外す`,
  nothingPinned: 'ピン留めされたメッセージはありません。',
};
