package dev.longshore.shared.units;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A size reads as people write it, and what is printed reads back as the same size.
class DataSizeTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0, 0B",
    "4096, 4096, 4KiB",
    "1500, 1500, 1500B",
    "256KiB, 262144, 256KiB",
    "1 MiB, 1048576, 1MiB",
    "64MB, 64000000, 64MB",
    "1000KB, 1000000, 1MB",
    "1GiB, 1073741824, 1GiB",
    "1536MiB, 1610612736, 1536MiB",
    "512Ki, 524288, 512KiB",
    "10Mi, 10485760, 10MiB",
    "1Gi, 1073741824, 1GiB",
    "2 Ti, 2199023255552, 2TiB",
    "2TB, 2000000000000, 2TB",
    "9223372036854775807, 9223372036854775807, 9223372036854775807B",
  })
  void readsAndPrintsExactly(String text, long bytes, String printed) {
    DataSize size = DataSize.parse(text);

    assertThat(size.bytes()).isEqualTo(bytes);
    assertThat(size).hasToString(printed);
    assertThat(DataSize.parse(printed)).isEqualTo(size);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "MiB",
        "-1MiB",
        "1.5GiB",
        "1mib",
        "1mi",
        "1i",
        "1MBi",
        "1M",
        "1 M iB",
        " 1MiB",
        "1MiB ",
        "0x10",
        "9000000TiB",
        "99999999999999999999",
        "١MiB"
      })
  void refusesWhatIsNotExactlyASize(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DataSize.parse(text))
        .withMessageContaining("'" + text + "'");
  }
}
