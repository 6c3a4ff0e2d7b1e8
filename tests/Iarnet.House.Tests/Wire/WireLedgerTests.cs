namespace Iarnet.House.Wire;

[Trait("Category", "Ledger")]
public sealed class WireLedgerTests
{
    private const string Before = """
        syntax = "proto3"; package p.v1; // one
        message M { uint32 a = 1; repeated string b = 2; oneof part { bytes c = 3; N n = 4; } message N { map<string, M> m = 1; } reserved 8, 10 to 12; }
        enum E { E_NONE = 0; E_ONE = 1; }
        /* two */ service S { rpc Do(M) returns (stream M); rpc Undo(stream M) returns (M) {} }
        """;

    [Fact]
    public void The_wire_is_the_one_of_the_ledger()
    {
        var actual = Repository.Files("proto", "*.proto")
            .SelectMany(file => ProtoContract.Read(Repository.Relative(file), File.ReadAllText(file)))
            .ToList();
        var path = Repository.At("api", "wire.txt");
        if (File.Exists(path) && Environment.GetEnvironmentVariable("IARNET_ACCEPT_LEDGERS") != "1")
        {
            Findings.MustBeEmpty(
                WireLedger.Breaks(WireLedger.Read(File.ReadAllText(path).ReplaceLineEndings("\n")), actual),
                "proto/ breaks what api/wire.txt promises to peers. If nothing released speaks it yet, accept it with ./eng/api.sh:");
        }

        Ledger.MustEqual("wire.txt", WireLedger.Write(actual));
    }

    [Fact]
    public void Every_promise_of_a_file_is_written_and_read_back()
    {
        var promises = Read(Before);
        var text = WireLedger.Write(promises);
        Assert.Equal(
            """
            # What proto/ promises on the wire, written by eng/api.sh. A line that goes or changes breaks peers that were built before.
            enum p.v1.E
            value p.v1.E 0 = E_NONE
            value p.v1.E 1 = E_ONE
            field p.v1.M 1 = uint32 a
            field p.v1.M 2 = repeated string b
            field p.v1.M 3 = bytes c in oneof part
            field p.v1.M 4 = p.v1.N n in oneof part
            message p.v1.M
            reserved p.v1.M 8 = in message
            reserved p.v1.M 10 to 12 = in message
            field p.v1.M.N 1 = map<string, p.v1.M> m
            message p.v1.M.N
            rpc p.v1.S Do = (p.v1.M) returns (stream p.v1.M)
            rpc p.v1.S Undo = (stream p.v1.M) returns (p.v1.M)
            service p.v1.S

            """.ReplaceLineEndings("\n"),
            text);
        Assert.Equal(promises.ToHashSet(), WireLedger.Read(text).ToHashSet());
    }

    [Theory]
    [InlineData("uint32 a = 1;", "uint64 a = 1;", "was 'uint32 a' and is 'uint64 a'")]
    [InlineData("uint32 a = 1;", "uint32 z = 1;", "was 'uint32 a' and is 'uint32 z'")]
    [InlineData("uint32 a = 1;", "uint32 a = 9;", "had number 1 and has 9")]
    [InlineData("uint32 a = 1;", "", "write 'reserved 1;' in its place")]
    [InlineData("repeated string b = 2;", "string b = 2;", "was 'repeated string b' and is 'string b'")]
    [InlineData("E_ONE = 1;", "", "write 'reserved 1;' in its place")]
    [InlineData("E_ONE = 1;", "E_ONE = 2;", "had number 1 and has 2")]
    [InlineData("rpc Do(M) returns (stream M);", "rpc Do(M) returns (M);", "was '(p.v1.M) returns (stream p.v1.M)'")]
    [InlineData("rpc Do(M) returns (stream M);", "", "is gone")]
    [InlineData("reserved 8, 10 to 12;", "reserved 8;", "is gone")]
    public void What_breaks_an_old_peer_is_named(string promised, string now, string finding) =>
        Assert.Contains(finding, Assert.Single(WireLedger.Breaks(Read(Before), Read(Before.Replace(promised, now, StringComparison.Ordinal)))), StringComparison.Ordinal);

    [Theory]
    [InlineData("uint32 a = 1;", "reserved 1;")]
    [InlineData("uint32 a = 1;", "reserved 1 to 1;")]
    [InlineData("uint32 a = 1;", "uint32 a = 1; uint32 added = 5;")]
    [InlineData("E_ONE = 1;", "E_ONE = 1; E_TWO = 2;")]
    public void What_an_old_peer_can_live_with_is_not_a_break(string promised, string now) =>
        Assert.Empty(WireLedger.Breaks(Read(Before), Read(Before.Replace(promised, now, StringComparison.Ordinal))));

    [Theory]
    [InlineData("syntax = \"proto2\";")]
    [InlineData("message M { extensions 100 to 199; }")]
    [InlineData("message M { uint32 a = 1 }")]
    [InlineData("message M {")]
    [InlineData("extend M { uint32 a = 1; }")]
    [InlineData("message M { uint32 a = 1; } $")]
    public void What_the_ledger_does_not_read_is_refused_and_not_passed_over(string text) => Assert.Throws<FormatException>(() => Read(text));

    private static IReadOnlyList<WirePromise> Read(string text) => ProtoContract.Read("p.proto", text);
}
