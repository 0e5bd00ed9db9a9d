import { noChange } from 'lit';
import { Directive, PartType, directive } from 'lit/directive.js';

/**
 * Single style properties of an element, as `${styled({ top: '22px' })}` in its tag. The content
 * security policy allows no style attribute, which lit's styleMap would write.
 */
class Styled extends Directive {
  constructor(part) {
    super(part);
    if (part.type !== PartType.ELEMENT) {
      throw new Error('styled() stands in a tag');
    }
  }

  render() {
    return noChange;
  }

  update(part, [properties]) {
    for (const [name, value] of Object.entries(properties)) {
      if (part.element.style.getPropertyValue(name) !== value) {
        part.element.style.setProperty(name, value);
      }
    }
    return noChange;
  }
}

export const styled = directive(Styled);
