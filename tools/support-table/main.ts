import { updateSupport } from "./support.ts";
import { supportTable, writeReadme } from "./table.ts";

/** After the matrix tests have run: puts their results into test-fixtures/support.json, and the table into README.md. */
writeReadme(supportTable(updateSupport()));
