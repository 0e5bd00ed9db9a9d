package io.vsmmu.acceptance.crash;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/**
 * The class path of this process with a jar in the place of each folder: a JVM shares the classes
 * of jars alone with the next one (-XX:SharedArchiveFile), which starts in half the time then.
 */
final class ClassPathJars {

  private ClassPathJars() {}

  /**
   * Makes the jars.
   *
   * @param jars the folder for them
   * @param first what is searched before the class path of this process
   */
  static String in(Path jars, Path first) throws IOException {
    Files.createDirectories(jars);
    List<String> paths = new ArrayList<>(List.of(jar(first, jars.resolve("first.jar"))));
    for (String path : System.getProperty("java.class.path").split(File.pathSeparator)) {
      Path of = Path.of(path);
      paths.add(
          Files.isDirectory(of) ? jar(of, jars.resolve("%d.jar".formatted(paths.size()))) : path);
    }
    return String.join(File.pathSeparator, paths);
  }

  private static String jar(Path folder, Path jar) throws IOException {
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file);
        Stream<Path> files = Files.walk(folder)) {
      out.setLevel(0);
      files
          .filter(path -> !path.equals(folder))
          .forEach(
              path -> {
                String name = folder.relativize(path).toString();
                try {
                  // Flyway looks for a folder of scripts, so folders are entries too.
                  if (Files.isDirectory(path)) {
                    out.putNextEntry(new ZipEntry(name + "/"));
                  } else {
                    out.putNextEntry(new ZipEntry(name));
                    Files.copy(path, out);
                  }
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
    return jar.toString();
  }
}
