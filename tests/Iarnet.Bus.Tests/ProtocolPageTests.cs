using Iarnet.Bus.Tests.Peers;

namespace Iarnet.Bus.Tests;

public sealed class ProtocolPageTests
{
    [Fact]
    public async Task The_program_on_the_protocol_page_is_the_one_that_is_tested()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(PythonPeer.Folder, "bus.md"));
        var program = await File.ReadAllTextAsync(Path.Combine(PythonPeer.Folder, "component.py"));
        Assert.Contains(program.TrimEnd(), page, StringComparison.Ordinal);
    }
}
