package io.vsmmu.platform.vmm;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An XML element with attributes and child elements, without text. */
final class XmlElement {

  private final String name;
  private final Map<String, String> attributes = new LinkedHashMap<>();
  private final List<XmlElement> children = new ArrayList<>();

  XmlElement(String name) {
    this.name = name;
  }

  XmlElement with(String attribute, String value) {
    attributes.put(attribute, value);
    return this;
  }

  XmlElement with(String attribute, int value) {
    return with(attribute, Integer.toString(value));
  }

  XmlElement containing(XmlElement child) {
    children.add(child);
    return this;
  }

  String text() {
    StringBuilder out = new StringBuilder();
    write(out, "");
    return out.toString();
  }

  private void write(StringBuilder out, String indent) {
    out.append(indent).append('<').append(name);
    attributes.forEach(
        (a, v) -> out.append(' ').append(a).append("='").append(escaped(v)).append('\''));
    if (children.isEmpty()) {
      out.append("/>\n");
      return;
    }
    out.append(">\n");
    children.forEach(child -> child.write(out, indent + "  "));
    out.append(indent).append("</").append(name).append(">\n");
  }

  private static String escaped(String value) {
    return value
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("'", "&apos;")
        .replace("\"", "&quot;");
  }
}
