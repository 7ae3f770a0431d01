/** Metadata of a proposal, where it has the recommended form (SDK x/gov `types/metadata.go`). */
import { govErrors } from "./errors.ts";

const TEXTS = ["title", "summary", "details", "proposal_forum_url", "vote_option_context"];

/**
 * Reads it as Go reads JSON into a structure: keys in any case, null for nothing. `undefined` for everything else: other
 * metadata may say what it likes.
 */
function readMetadata(text: string): { title: string; summary: string } | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined; // the parser only throws for what is not JSON
  }
  const found = { title: "", summary: "" };
  if (json === null) return found;
  if (typeof json !== "object" || Array.isArray(json)) return undefined;
  for (const [key, value] of Object.entries(json)) {
    const name = key.toLowerCase();
    if (value === null) continue;
    if (name === "authors") {
      const texts = Array.isArray(value) && value.every((item) => item === null || typeof item === "string");
      if (!texts) return undefined;
    } else if (TEXTS.includes(name)) {
      if (typeof value !== "string") return undefined;
      if (name === "title" || name === "summary") found[name] = value;
    }
  }
  return found;
}

/** Throws `gov/5` when the metadata names another title or summary than the proposal. */
export function assertMetadataAgrees(metadata: string, proposal: { title: string; summary: string }): void {
  if (metadata === "") return;
  const read = readMetadata(metadata);
  if (read === undefined) return;
  for (const name of ["title", "summary"] as const) {
    if (read[name] === proposal[name]) continue;
    throw govErrors.invalidProposalContent(
      `metadata ${name} '${read[name]}' must equal proposal ${name} '${proposal[name]}'`,
    );
  }
}
