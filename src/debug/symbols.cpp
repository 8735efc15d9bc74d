// SPDX-License-Identifier: Apache-2.0
//
// See symbols.hpp.
#include "debug/symbols.hpp"

#include <cstring>

#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace gofer::rt {

namespace {

/// A mapped ELF file and its symbol table.
struct elf_file {
    const char* path = nullptr;
    const std::byte* data = nullptr; ///< null: cannot be read
    std::size_t bytes = 0;
    const Elf64_Sym* symbols = nullptr;
    std::size_t symbol_count = 0;
    const char* names = nullptr;
    std::size_t names_bytes = 0;
};

bool is_inside(const elf_file& f, std::uint64_t offset, std::uint64_t bytes) {
    return offset <= f.bytes && bytes <= f.bytes - offset;
}

/// Finds the .symtab and its names; leaves `symbols` null if the file has none or is no sound ELF.
void find_table(elf_file& f) {
    Elf64_Ehdr header;
    if (!is_inside(f, 0, sizeof header)) return;
    std::memcpy(&header, f.data, sizeof header);
    if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_ident[EI_CLASS] != ELFCLASS64)
        return;
    if (!is_inside(f, header.e_shoff, std::uint64_t{header.e_shnum} * sizeof(Elf64_Shdr))) return;
    const auto* sections = reinterpret_cast<const Elf64_Shdr*>(f.data + header.e_shoff);
    for (std::size_t i = 0; i < header.e_shnum; ++i) {
        const Elf64_Shdr& s = sections[i];
        if (s.sh_type != SHT_SYMTAB || s.sh_link >= header.e_shnum) continue;
        const Elf64_Shdr& names = sections[s.sh_link];
        if (!is_inside(f, s.sh_offset, s.sh_size) || !is_inside(f, names.sh_offset, names.sh_size))
            return;
        f.symbols = reinterpret_cast<const Elf64_Sym*>(f.data + s.sh_offset);
        f.symbol_count = s.sh_size / sizeof(Elf64_Sym);
        f.names = reinterpret_cast<const char*>(f.data + names.sh_offset);
        f.names_bytes = names.sh_size;
        return;
    }
}

void open_file(elf_file& f, const char* path) {
    f.path = path;
    const int fd = ::open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return;
    struct stat status{};
    if (::fstat(fd, &status) == 0 && status.st_size > 0) {
        const auto bytes = static_cast<std::size_t>(status.st_size);
        void* data = ::mmap(nullptr, bytes, PROT_READ, MAP_PRIVATE, fd, 0);
        if (data != MAP_FAILED) {
            f.data = static_cast<const std::byte*>(data);
            f.bytes = bytes;
            find_table(f);
        }
    }
    ::close(fd);
}

/// Reports are made by one thread at a time; files stay mapped for the next frame.
const elf_file& file_of(const char* path) {
    constexpr std::size_t files_max = 32;
    static elf_file files[files_max];
    for (elf_file& f : files) {
        if (f.path == path) return f; // the linker's own string
        if (f.path == nullptr) {
            open_file(f, path);
            return f;
        }
    }
    static const elf_file none;
    return none;
}

const Elf64_Sym* covering(const elf_file& f, std::uint64_t address) {
    for (std::size_t i = 0; i < f.symbol_count; ++i) {
        const Elf64_Sym& s = f.symbols[i];
        if (ELF64_ST_TYPE(s.st_info) != STT_FUNC || s.st_shndx == SHN_UNDEF) continue;
        if (address >= s.st_value && address - s.st_value < s.st_size) return &s;
    }
    return nullptr;
}

} // namespace

symbol find_symbol(const void* pc) {
    symbol found;
    Dl_info info{};
    link_map* map = nullptr;
    if (::dladdr1(pc, &info, reinterpret_cast<void**>(&map), RTLD_DL_LINKMAP) == 0 ||
        map == nullptr)
        return found;
    const bool is_program = map->l_name == nullptr || map->l_name[0] == '\0';
    found.module = info.dli_fname != nullptr ? info.dli_fname : "?";
    found.module_offset = reinterpret_cast<std::uintptr_t>(pc) - map->l_addr;
    const elf_file& f = file_of(is_program ? "/proc/self/exe" : map->l_name);
    if (const Elf64_Sym* s = covering(f, found.module_offset);
        s != nullptr && s->st_name < f.names_bytes) {
        found.name = f.names + s->st_name;
        found.offset = found.module_offset - s->st_value;
    } else if (info.dli_sname != nullptr) {
        found.name = info.dli_sname;
        found.offset =
            reinterpret_cast<std::uintptr_t>(pc) - reinterpret_cast<std::uintptr_t>(info.dli_saddr);
    }
    return found;
}

} // namespace gofer::rt
