import { createElement, Fragment, StrictMode, useSyncExternalStore, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { tables, type DbConnection } from '../module_bindings/index.ts';
import type { Readable } from '../../src/index.ts';
import { ConnectionProvider, useConnection, useLiveQuery, useReadable } from '../../src/react/index.ts';
import { shownText, type Framework, type PageOptions, type QueryFramework } from './driver.ts';

type UseStore = (store: Readable<string>) => string;

function framework(name: string, useStore: UseStore): Framework {
  function Shown({ store, onRender }: { store: Readable<string>; onRender: () => void }) {
    const value = useStore(store);
    onRender();
    return createElement('p', null, value);
  }
  return {
    name,
    show(store, target, onRender) {
      const root = createRoot(target);
      root.render(createElement(Shown, { store, onRender }));
      return () => root.unmount();
    },
  };
}

export const react = framework('React', (store) => useSyncExternalStore(store.subscribe, store.get));
export const reactReadable = framework('React with useReadable', useReadable);

function Names({ online, onRender }: { online: boolean; onRender: (text: string) => void }): ReactNode {
  const { data, ...status } = useLiveQuery(
    () => tables.user.where((user) => user.online.eq(online)),
    [online],
  );
  const text = shownText(data, status, useReadable(useConnection<DbConnection>().status));
  onRender(text);
  return createElement('p', null, text);
}

function queryFramework(name: string, wrapper: typeof StrictMode): QueryFramework {
  return {
    name,
    show(connection, target, options, onRender) {
      const root = createRoot(target);
      const update = ({ online, places }: PageOptions): void => {
        const names = Array.from({ length: places }, (_, key) =>
          createElement(Names, { key, online, onRender }),
        );
        root.render(createElement(wrapper, null, createElement(ConnectionProvider, { connection }, names)));
      };
      update(options);
      return { update, leave: () => root.unmount() };
    },
    showAlone(target) {
      return new Promise((_, onUncaughtError) => {
        const root = createRoot(target, { onUncaughtError });
        root.render(createElement(Names, { online: true, onRender: () => undefined }));
      });
    },
  };
}

export const reactQuery = queryFramework('React', Fragment);
export const reactStrictQuery = queryFramework('React in StrictMode', StrictMode);
