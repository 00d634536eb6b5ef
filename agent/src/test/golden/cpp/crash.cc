// What the C++ runtime and the sanitizers print.
#include <cstdio>
#include <cstring>
#include <stdexcept>

static int take(int* items, int item) { return items[item]; }

int main(int argc, char** argv) {
  std::puts("started");
  std::fflush(stdout);
  if (!std::strcmp(argv[1], "throw")) throw std::out_of_range("item is gone");
  if (!std::strcmp(argv[1], "overflow")) {
    int most = 2147483647;
    std::printf("%d\n", most + argc);
    return 0;
  }
  if (!std::strcmp(argv[1], "leak")) {
    int* lost = new int[3];
    lost[0] = argc;
    lost = nullptr;
    return 0;
  }
  int* items = new int[3];
  delete[] items;
  return take(items, argc);
}
