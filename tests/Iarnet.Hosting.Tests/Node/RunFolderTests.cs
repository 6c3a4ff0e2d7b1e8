using Iarnet.Hosting.Node;
using Iarnet.Hosting.Tests.Harness;

namespace Iarnet.Hosting.Tests.Node;

public sealed class RunFolderTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private readonly NodeFolders _folders = new();

    public void Dispose()
    {
        _folders.AssertEmpty();
        _folders.Dispose();
    }

    [Fact]
    public void Folders_are_for_this_user_only_and_go_at_the_end_with_their_roots()
    {
        var node = NodeId.New();
        using (var folder = Create(node))
        {
            Assert.Equal(Path.Combine(_folders.Run, node.Value), folder.Path);
            Assert.All(new[] { _folders.Run, folder.Path, _folders.Segments, folder.Segments! }, path => Assert.Equal(Private, File.GetUnixFileMode(path)));
            Assert.Equal(["lock"], Directory.EnumerateFileSystemEntries(folder.Path).Select(Path.GetFileName));
            File.WriteAllText(folder.BusSocket, "");
            File.WriteAllText(Path.Combine(folder.Segments!, "probe"), "");
        }

        Assert.False(Directory.Exists(_folders.Run));
        Assert.False(Directory.Exists(_folders.Segments));
    }

    [Fact]
    public void A_root_that_was_there_before_stays()
    {
        Directory.CreateDirectory(_folders.Run, Private);

        Create(NodeId.New()).Dispose();

        Assert.True(Directory.Exists(_folders.Run));
    }

    [Fact]
    public void What_a_dead_node_left_is_swept_and_what_a_living_one_has_is_not()
    {
        var dead = NodeId.New().Value;
        Directory.CreateDirectory(Path.Combine(_folders.Segments, dead));
        Directory.CreateDirectory(Path.Combine(_folders.Run, dead));
        File.WriteAllText(Path.Combine(_folders.Run, dead, "lock"), "");
        File.WriteAllText(Path.Combine(_folders.Run, dead, "bus"), "");
        File.WriteAllText(Path.Combine(_folders.Segments, dead, "a.seg"), "");
        MakePrivate();

        using var living = Create(NodeId.New());
        using var another = Create(NodeId.New());

        Assert.False(Directory.Exists(Path.Combine(_folders.Run, dead)));
        Assert.False(Directory.Exists(Path.Combine(_folders.Segments, dead)));
        Assert.True(File.Exists(Path.Combine(living.Path, "lock")));
        Assert.True(Directory.Exists(living.Segments));
    }

    [Fact]
    public void A_folder_without_a_lock_is_swept_when_it_is_old_and_what_is_not_a_nodes_never()
    {
        var (young, old, unready) = (NodeId.New().Value, NodeId.New().Value, "." + NodeId.New().Value);
        foreach (var name in new[] { young, old, unready, "something" })
        {
            Directory.CreateDirectory(Path.Combine(_folders.Run, name));
        }

        File.WriteAllText(Path.Combine(_folders.Run, "something", "lock"), "");
        MakePrivate();
        foreach (var name in new[] { old, unready, "something" })
        {
            Directory.SetLastWriteTimeUtc(Path.Combine(_folders.Run, name), DateTime.UtcNow.AddHours(-1));
        }

        Create(NodeId.New()).Dispose();

        Assert.Equal([young, "something"], Directory.EnumerateDirectories(_folders.Run).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Directory.Delete(_folders.Run, recursive: true);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void A_root_that_others_may_write_is_refused(UnixFileMode others)
    {
        Directory.CreateDirectory(_folders.Run);
        File.SetUnixFileMode(_folders.Run, Private | others);

        var refusal = Assert.Throws<IarnetException>(() => Create(NodeId.New()));

        Assert.Contains(_folders.Run, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("RunFolder", refusal.Message, StringComparison.Ordinal);
    }

    [RootFact]
    public void A_root_of_another_user_is_refused_also_behind_a_link()
    {
        Directory.CreateDirectory(_folders.Segments, Private);
        Shell.Run("chown", "12345", _folders.Segments);

        var refusal = Assert.Throws<IarnetException>(() => Create(NodeId.New()));

        Assert.Contains("belongs to user 12345", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("SegmentFolder", refusal.Message, StringComparison.Ordinal);
        Directory.CreateDirectory(_folders.Named("mine"), Private);
        Directory.CreateSymbolicLink(_folders.Run, _folders.Named("mine"));
        Shell.Run("chown", "--no-dereference", "12345", _folders.Run);
        Assert.Contains("belongs to user 12345", Assert.Throws<IarnetException>(() => Create(NodeId.New())).Message, StringComparison.Ordinal);
        File.Delete(_folders.Run);
    }

    [Fact]
    public void A_root_that_is_too_long_for_a_socket_is_refused_before_anything_is_made()
    {
        _folders.Run = Path.Combine(_folders.Run, new string('x', 80));

        var refusal = Assert.Throws<IarnetException>(() => Create(NodeId.New()));

        Assert.Contains("107", refusal.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folders.Run));
    }

    [Fact]
    public void A_root_that_is_a_file_is_refused()
    {
        File.WriteAllText(_folders.Run, "");

        Assert.Contains("RunFolder", Assert.Throws<IarnetException>(() => Create(NodeId.New())).Message, StringComparison.Ordinal);
        File.Delete(_folders.Run);
    }

    [Fact]
    public async Task Nodes_that_come_and_go_at_once_under_one_root_leave_each_other_alone()
    {
        const int nodes = 4;
        const int rounds = 50;
        using var start = new Barrier(nodes);
        await Task.WhenAll(Enumerable.Range(0, nodes).Select(_ => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                for (var i = 0; i < rounds; i++)
                {
                    using var folder = Create(NodeId.New());
                    File.WriteAllText(folder.BusSocket, "");
                    Assert.True(File.Exists(Path.Combine(folder.Path, "lock")));
                    Assert.True(Directory.Exists(folder.Segments));
                }
            },
            TaskCreationOptions.LongRunning))).Within("nodes that come and go");
    }

    private RunFolder Create(NodeId node) => RunFolder.Create(node, _folders.Run, _folders.Segments, TimeProvider.System);

    private void MakePrivate()
    {
        File.SetUnixFileMode(_folders.Run, Private);
        if (Directory.Exists(_folders.Segments))
        {
            File.SetUnixFileMode(_folders.Segments, Private);
        }
    }
}
