// The benchmark's plain site for Eleventy: articles, columns and tags in pages of 20, feeds.
const SIZE = 20;

function pagesOf(groups) {
  const pages = [];
  for (const [key, items] of groups) {
    const total = Math.max(1, Math.ceil(items.length / SIZE));
    for (let number = 1; number <= total; number += 1) {
      pages.push({ key, number, total, items: items.slice((number - 1) * SIZE, number * SIZE) });
    }
  }
  return pages;
}

function group(items, keysOf) {
  const groups = new Map();
  for (const item of items) {
    for (const key of keysOf(item)) {
      if (!groups.has(key)) groups.set(key, []);
      groups.get(key).push(item);
    }
  }
  return groups;
}

const columnsOf = (item) => {
  const parts = item.data.column.split("/");
  return parts.map((_, end) => parts.slice(0, end + 1).join("/"));
};

export default function (config) {
  config.addPassthroughCopy({ "content/media": "media", "plain.css": "css/plain.css" });
  const articles = (api) =>
    api.getFilteredByGlob("content/**/*.md").sort((a, b) => b.date - a.date);
  config.addCollection("articles", (api) => {
    const all = articles(api);
    for (const items of group(all, (item) => [item.data.column]).values()) {
      items.forEach((item, at) => {
        item.data.newer = items[at - 1];
        item.data.older = items[at + 1];
      });
    }
    return all;
  });
  config.addCollection("columnPages", (api) => pagesOf(group(articles(api), columnsOf)));
  config.addCollection("columnFeeds", (api) =>
    [...group(articles(api), columnsOf)].map(([key, items]) => ({ key, items: items.slice(0, 20) })),
  );
  config.addCollection("tagPages", (api) =>
    pagesOf(group(articles(api), (item) => item.data.topics || [])),
  );
  config.addCollection("tagNames", (api) =>
    [...group(articles(api), (item) => item.data.topics || [])].map(([key, items]) => ({
      key,
      count: items.length,
    })),
  );
  config.addFilter("day", (date) => date.toISOString().slice(0, 10));
  config.addFilter("minute", (date) =>
    new Date(date.getTime() + 8 * 3600e3).toISOString().slice(0, 16).replace("T", " "),
  );
  config.addFilter("rfc822", (date) => date.toUTCString());
  return { dir: { input: "content", includes: "../_includes", output: "_site" } };
}
