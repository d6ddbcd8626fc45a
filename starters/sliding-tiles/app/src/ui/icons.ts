const icon = (paths: string) =>
  `<svg viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${paths}</svg>`;

export const icons = {
  undo: icon(`<path d="M8 5L4 9l4 4"/><path d="M4 9h10a6 6 0 0 1 0 12h-3"/>`),
  restart: icon(`<path d="M20 11a8 8 0 1 0-2.3 6.3"/><path d="M20 4v7h-7"/>`),
  pause: icon(`<path d="M9 5v14M15 5v14"/>`),
  soundOn: icon(`<path d="M4 10v4h3l4 4V6L7 10z"/><path d="M15 9a4 4 0 0 1 0 6M17.5 6.5a8 8 0 0 1 0 11"/>`),
  soundOff: icon(`<path d="M4 10v4h3l4 4V6L7 10z"/><path d="M16 10l5 5M21 10l-5 5"/>`),
  theme: icon(`<circle cx="12" cy="12" r="8"/><path d="M12 4a8 8 0 0 1 0 16z" fill="currentColor"/>`),
};
