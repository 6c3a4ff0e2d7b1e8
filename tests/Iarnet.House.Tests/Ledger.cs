namespace Iarnet.House;

/// <summary>
/// A text under version control that a generated one must equal. With IARNET_ACCEPT_LEDGERS=1 (see eng/api.sh) the generated text
/// takes its place; otherwise it is written to artifacts/api and the test fails with what differs.
/// </summary>
internal static class Ledger
{
    private const int Shown = 12;

    private static bool Accepts => Environment.GetEnvironmentVariable("IARNET_ACCEPT_LEDGERS") == "1";

    public static void MustEqual(string name, string actual)
    {
        var path = Repository.At("api", name);
        if (Accepts)
        {
            Directory.CreateDirectory(Repository.At("api"));
            File.WriteAllText(path, actual);
            return;
        }

        var expected = File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : "";
        if (!string.Equals(expected, actual, StringComparison.Ordinal))
        {
            Directory.CreateDirectory(Repository.At("artifacts", "api"));
            File.WriteAllText(Repository.At("artifacts", "api", name), actual);
            Assert.Fail(Explain(name, expected, actual));
        }
    }

    public static string Explain(string name, string expected, string actual)
    {
        var before = expected.Split('\n');
        var after = actual.Split('\n');
        var gone = before.Except(after, StringComparer.Ordinal).ToList();
        var added = after.Except(before, StringComparer.Ordinal).ToList();
        return $"""
            api/{name} differs from what was built: {gone.Count} lines gone, {added.Count} new{(gone.Count + added.Count == 0 ? " (only their order or number differs)" : "")}.
            {string.Join('\n', gone.Take(Shown).Select(line => $"- {line}").Concat(added.Take(Shown).Select(line => $"+ {line}")))}
            The whole text is in artifacts/api/{name}. If the change is meant, accept it with ./eng/api.sh and commit the ledger.
            """;
    }
}
