// Draws the document that stands in the page; a page opened from a file may not fetch one.
"use strict";
AsyncApiStandalone.render(
  {
    schema: JSON.parse(document.getElementById("asyncapi-document").textContent),
    config: { show: { sidebar: true, errors: true }, sidebar: { showOperations: "byDefault" } },
  },
  document.getElementById("asyncapi"),
);
