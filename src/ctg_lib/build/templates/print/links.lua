-- Links that paper can follow, headings without a gap, ranges of numbers on one line, in a printed document's Markdown.
-- A link to a chapter becomes a link inside the document; one that leads nowhere becomes its words, since
-- Typst refuses a document whose link has no target. « anchors »: ids that raw blocks bring.
local known = {}
local previous = 0

local function note(element)
  if element.identifier ~= "" then known[element.identifier] = true end
end

local function inside(target)
  local slug, fragment = target:match("^%.?/?([a-z0-9-]+)%.ipynb(.*)$")
  if not slug then slug, fragment = target:match("^%.?/?([a-z0-9-]+)%.html(.*)$") end
  if not slug then return target end
  if fragment:sub(1, 1) == "#" and known[fragment:sub(2)] then return fragment end
  return "#chapitre-" .. slug
end

-- Word breaks lines after a dash, unless its « no-width non break » (U+200D) follows; Typst: see « base ».
local function held(str)
  if FORMAT ~= "docx" then return nil end
  str.text = str.text:gsub("(%d–)(%d)", "%1\u{200D}%2")
  return str
end

function Pandoc(doc)
  for _, anchor in ipairs(doc.meta.anchors or {}) do known[pandoc.utils.stringify(anchor)] = true end
  doc:walk({ Header = note, Div = note, Span = note, Image = note, Figure = note })
  doc = doc:walk({
    Header = function(header)
      header.level = math.min(header.level, previous + 1)
      previous = header.level
      return header
    end,
    Div = function(div)
      local style = div.attributes["custom-style"]
      if not style or FORMAT ~= "typst" then return nil end
      local open = pandoc.RawBlock("typst", "#styled(\"" .. style .. "\")[")
      local blocks = pandoc.Blocks({ open })
      blocks:extend(div.content)
      blocks:insert(pandoc.RawBlock("typst", "]"))
      return blocks
    end,
    Link = function(link)
      link.target = inside(link.target)
      if link.target:sub(1, 1) == "#" and not known[link.target:sub(2)] then return link.content end
      return link
    end,
  })
  doc = doc:walk({ Str = held })
  doc.meta.anchors = nil
  return doc
end
