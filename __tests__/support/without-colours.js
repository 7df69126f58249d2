/** On CI, colours are on without a terminal: what commands print is compared as it reads. */
process.env.NO_COLOR = "1";
// Node warns of the two together.
delete process.env.FORCE_COLOR;
