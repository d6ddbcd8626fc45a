interface Props {
  notice: { text: string; before?: unknown } | null;
  onUndo: () => void;
}

/** Says what just happened, aloud for screen readers, and offers to undo it. */
export function Toast({ notice, onUndo }: Props) {
  return (
    <div role="status" className="pointer-events-none fixed inset-x-0 bottom-5 z-50 flex justify-center px-4">
      {notice && (
        <div className="pointer-events-auto flex items-center gap-3 rounded-full bg-ink py-2 pr-2 pl-4 text-sm text-canvas shadow-float">
          {notice.text}
          {notice.before !== undefined && (
            <button type="button" onClick={onUndo} className="rounded-full bg-canvas/15 px-3 py-1 font-medium hover:bg-canvas/25">
              Undo
            </button>
          )}
        </div>
      )}
    </div>
  );
}
