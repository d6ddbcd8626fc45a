import { useSyncExternalStore } from "react";

export type Route = { page: "recipes" | "favourites" | "shopping" } | { page: "recipe" | "cook"; id: string };

/** The address behind `#`: #/recipe/pancakes. Back and forward work, and a reload stays where it was. */
export function useRoute(): Route {
  return parseRoute(useSyncExternalStore(subscribe, () => window.location.hash));
}

function subscribe(changed: () => void): () => void {
  window.addEventListener("hashchange", changed);
  return () => window.removeEventListener("hashchange", changed);
}

export function parseRoute(hash: string): Route {
  const [page = "", id = ""] = hash.replace(/^#\/?/, "").split("/");
  if ((page === "recipe" || page === "cook") && id) return { page, id: decodeURIComponent(id) };
  return { page: page === "favourites" || page === "shopping" ? page : "recipes" };
}

export const linkTo = (page: Route["page"], id?: string): string => `#/${page}${id ? `/${encodeURIComponent(id)}` : ""}`;

export function go(page: Route["page"], id?: string): void {
  window.location.hash = linkTo(page, id);
}
