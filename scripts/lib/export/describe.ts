import type { CompletedExport } from "./follow";
import type { Manifest } from "./manifest";

const units = ["bytes", "kB", "MB", "GB", "TB"] as const;

/** A size in decimal units, as AWS bills it. */
export function describeBytes(bytes: number): string {
  const exponent = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1);
  const size = bytes / 1000 ** exponent;
  return `${exponent === 0 ? String(size) : size.toFixed(1)} ${units[exponent] ?? ""}`;
}

export const count = (number: number, noun: string): string =>
  `${number.toLocaleString("en-US")} ${noun}${number === 1 ? "" : "s"}`;

export function describeManifest(completed: CompletedExport, manifest: Manifest): string {
  const { bucket, tableArn, exportTime } = completed;
  const asOf = exportTime === undefined ? "" : `, as of ${exportTime.toISOString()}`;
  return [
    `Exported ${count(manifest.items, "item")} of ${tableArn.split("/").at(-1) ?? ""}${asOf}: ` +
      `${describeBytes(manifest.bytes)} in ${count(manifest.files, "file")}.`,
    `Manifest: s3://${bucket}/${manifest.key}`,
  ].join("\n");
}
