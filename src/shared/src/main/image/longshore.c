/* The commands of a product inside its image: kubectl exec ds/longshore-agent -- longshore agent ledger
 * PRODUCT is agent or alerting. A program, as the image has no shell. The commands run beside the product and share its memory
 * limit, so they take little. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HOME "/build/" PRODUCT

int main(int count, char **given) {
  static const char *const ours[] = {
      "/opt/java/bin/java", "@" HOME "/src/main/jvm/" PRODUCT ".jvmflags", "-Xms8m", "-Xmx64m",
      "-XX:TieredStopAtLevel=1", "-XX:AOTCache=" HOME "/target/longshore-" PRODUCT ".aot",
      "-jar", HOME "/target/longshore-" PRODUCT ".jar"};
  const int begun = sizeof ours / sizeof *ours;
  const char **all = calloc((size_t)(begun + count + 1), sizeof *all);
  if (all == NULL) {
    perror("longshore");
    return 1;
  }
  memcpy(all, ours, sizeof ours);
  /* Here as outside of the image the product's name may stand before the command. */
  const int from = count > 1 && strcmp(given[1], PRODUCT) == 0 ? 2 : 1;
  for (int i = from; i < count; i++) all[begun + i - from] = given[i];
  execv(all[0], (char *const *)all);
  perror("longshore: /opt/java/bin/java");
  return 127;
}
