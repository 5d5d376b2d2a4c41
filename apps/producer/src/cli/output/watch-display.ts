import { type Colours, coloursFor, isWatched, print, type Terminal, tell } from '../terminal.ts';
import { LiveLines } from './live-lines.ts';

/** Shows how something goes on, look by look. */
export interface WatchDisplay<T> {
  show: (seen: T, isOver: boolean) => void;
  /** Gives the terminal back. Safe twice. */
  end: () => void;
}

/** What something that goes on looks like. */
export interface Shown<T> {
  /** For programs; a line for each that is another. */
  json: (seen: T) => string;
  /** What a further line is worth: without another of these there is none. */
  news: (seen: T) => string;
  line: (seen: T) => string;
  /** Lines to be painted over on a terminal. */
  screen: (seen: T, colours: Colours) => string[];
}

/** Where nobody paints, a line at most so often: logs of builds are read later. */
const plainEveryMs = 5_000;

/** JSON lines for programs, painted lines on a terminal, a line now and then anywhere else. */
export function watchDisplay<T>(terminal: Terminal, json: boolean, shown: Shown<T>): WatchDisplay<T> {
  if (json) return jsonLines(terminal, shown);
  return isWatched(terminal) ? painted(terminal, shown) : plainLines(terminal, shown);
}

function jsonLines<T>(terminal: Terminal, shown: Shown<T>): WatchDisplay<T> {
  let last = '';
  return {
    show: (seen) => {
      const line = shown.json(seen);
      if (line !== last) print(terminal, line);
      last = line;
    },
    end: () => undefined,
  };
}

function painted<T>(terminal: Terminal, shown: Shown<T>): WatchDisplay<T> {
  const lines = new LiveLines(terminal.stderr);
  const colours = coloursFor(terminal, terminal.stderr);
  let repaint = (): void => undefined;
  const onResize = (): void => repaint();
  terminal.stderr.on('resize', onResize);
  return {
    show: (seen) => {
      repaint = () => lines.paint(shown.screen(seen, colours));
      repaint();
    },
    end: () => {
      terminal.stderr.off('resize', onResize);
      lines.end();
    },
  };
}

function plainLines<T>(terminal: Terminal, shown: Shown<T>): WatchDisplay<T> {
  let last = '';
  let lastMs = Number.NEGATIVE_INFINITY;
  return {
    show: (seen, isOver) => {
      const now = terminal.now();
      const news = shown.news(seen);
      if (news === last || (!isOver && now - lastMs < plainEveryMs)) return;
      tell(terminal, shown.line(seen));
      last = news;
      lastMs = now;
    },
    end: () => undefined,
  };
}
