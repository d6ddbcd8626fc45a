import { X } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";

/** A dialog that rises from the foot of a phone. Escape, the cross and a click beside it close it. */
export function Sheet({ title, onClose, children }: { title: string; onClose: () => void; children: ReactNode }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    if (element && !element.open) element.showModal();
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-label={title}
      onClose={onClose}
      onClick={(e) => e.target === e.currentTarget && onClose()}
      className="sheet mx-auto mt-auto mb-0 max-h-[92dvh] w-full max-w-lg overflow-y-auto rounded-t-3xl bg-surface text-ink shadow-float sm:my-auto sm:rounded-3xl"
    >
      <div className="sticky top-0 z-10 flex items-center justify-between gap-4 bg-surface py-3 pr-3 pl-5">
        <h2 className="truncate text-lg font-bold tracking-tight">{title}</h2>
        <button
          type="button"
          aria-label="Close"
          onClick={onClose}
          className="grid size-11 shrink-0 place-items-center rounded-xl text-muted hover:bg-sunken"
        >
          <X size={20} aria-hidden />
        </button>
      </div>
      <div className="px-5 pb-[max(1.25rem,env(safe-area-inset-bottom))]">{children}</div>
    </dialog>
  );
}
