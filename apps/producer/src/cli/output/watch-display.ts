import type { RequestView } from '@session-queue/core';
import { presentRequest } from '../../requests/present.ts';
import { coloursFor, isWatched, print, type Terminal, tell } from '../terminal.ts';
import { LiveLines } from './live-lines.ts';
import type { Pace } from './pace.ts';
import { watchLine, watchScreen } from './watch-screen.ts';

/** Shows how a request goes on, look by look. */
export interface WatchDisplay {
  show: (view: RequestView, pace: Pace, isOver: boolean) => void;
  /** Gives the terminal back. Safe twice. */
  end: () => void;
}

/** Where nobody paints, a line at most so often: logs of builds are read later. */
const plainEveryMs = 5_000;

/** JSON lines for programs, bars on a terminal, a line now and then anywhere else. */
export function watchDisplay(terminal: Terminal, json: boolean): WatchDisplay {
  if (json) return jsonLines(terminal);
  return isWatched(terminal) ? bars(terminal) : plainLines(terminal);
}

function jsonLines(terminal: Terminal): WatchDisplay {
  let last = '';
  return {
    show: (view) => {
      const line = JSON.stringify(presentRequest(view));
      if (line !== last) print(terminal, line);
      last = line;
    },
    end: () => undefined,
  };
}

function bars(terminal: Terminal): WatchDisplay {
  const lines = new LiveLines(terminal.stderr);
  const colours = coloursFor(terminal, terminal.stderr);
  let repaint = (): void => undefined;
  const onResize = (): void => repaint();
  terminal.stderr.on('resize', onResize);
  return {
    show: (view, pace) => {
      repaint = () => lines.paint(watchScreen(view, pace, colours));
      repaint();
    },
    end: () => {
      terminal.stderr.off('resize', onResize);
      lines.end();
    },
  };
}

function plainLines(terminal: Terminal): WatchDisplay {
  let last = '';
  let lastMs = Number.NEGATIVE_INFINITY;
  return {
    show: (view, pace, isOver) => {
      const now = terminal.now();
      // The rate changes with every look: it alone is no news.
      const news = JSON.stringify([view.state, view.counts, view.laneStopped, view.allStopped]);
      if (news === last || (!isOver && now - lastMs < plainEveryMs)) return;
      tell(terminal, watchLine(view, pace));
      last = news;
      lastMs = now;
    },
    end: () => undefined,
  };
}
