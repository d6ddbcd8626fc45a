import type { Notice } from "../useBook";

/** Says what was done and offers to take it back. */
export function Toast({ notice, onUndo }: { notice: Notice | null; onUndo: () => void }) {
  return (
    <div role="status" className="pointer-events-none">
      {notice && (
        <p className="pointer-events-auto flex min-h-12 items-center gap-2 rounded-2xl bg-ink pr-2 pl-4 text-sm text-canvas shadow-float">
          {notice.text}
          <button
            type="button"
            onClick={onUndo}
            className="min-h-11 rounded-xl px-3 font-semibold underline-offset-4 hover:underline"
          >
            Undo
          </button>
        </p>
      )}
    </div>
  );
}
