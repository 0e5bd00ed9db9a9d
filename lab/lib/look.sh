# shellcheck shell=bash
# Compares what the machine's kernel reports with what the other commands require.

look() {
  mkdir "$work/out"
  cp "$source_folder/host-look" "$work/job.sh"
  in_host "$work" | sed 's/^/# /' || fail "the machine did not boot; see $run/host.console"
  check_equal "kernel" "$(kernel_version "$host/Image" | awk '{ print $3 }')" "$(seen kernel)"
  check_equal "iommufd" /dev/iommu "$(seen iommufd)"
  check_equal "SMMUs" 2 "$(seen smmu | wc -l)"
  check_equal "root complexes with CANWBS, of $(root_complexes "$work/out/IORT" | wc -l)" 1 "$(root_complexes "$work/out/IORT" | grep -c '[4-7]$')"
  check_equal "devices on vfio-pci" 10 "$(seen device | grep -c ' vfio[0-9]')"
  check_equal "devices behind each SMMU" "8 2" "$(seen device | cut -d ' ' -f 5 | sort | uniq -c | awk '{ print $1 }' | xargs)"
  check_equal "devices that share their group with another" 4 "$(seen device | cut -d ' ' -f 3 | sort | uniq -D | wc -l)"
  check_equal "Java" 25 "$(seen java | sed -E 's/^"?([0-9]+).*/\1/')"
  summary
}

# seen WORD: what stands behind it in the lines that host-look left.
seen() { sed -n "s/^$1 //p" "$work/out/look"; }
