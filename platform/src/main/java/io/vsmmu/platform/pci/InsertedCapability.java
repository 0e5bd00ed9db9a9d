package io.vsmmu.platform.pci;

/**
 * What was done.
 *
 * @param image the new image
 * @param name the capability's name
 * @param offset where it is
 * @param previous offset of the header that now points to it; 0 when it is the first
 * @param next offset of the one that follows; 0 when it is the last
 * @param placeholder whether an empty header had to be put at 0x100, where every list begins
 */
public record InsertedCapability(
    ConfigImage image, String name, int offset, int previous, int next, boolean placeholder) {}
