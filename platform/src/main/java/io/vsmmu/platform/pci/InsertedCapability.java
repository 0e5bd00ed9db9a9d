package io.vsmmu.platform.pci;

/**
 * The result of an insertion.
 *
 * @param image the new image
 * @param offset offset of the capability
 * @param previous offset of the header whose next offset leads to it; 0 if it is the first
 * @param next offset of the next header; 0 if it is the last
 * @param placeholder whether a placeholder was inserted at 0x100, where every list begins
 */
public record InsertedCapability(
    ConfigImage image, int offset, int previous, int next, boolean placeholder) {}
