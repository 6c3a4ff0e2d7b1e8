namespace Iarnet.House;

/// <summary>Collects all that breaks a rule, so that one run shows it all.</summary>
internal static class Findings
{
    private const int Shown = 40;

    public static void MustBeEmpty(IEnumerable<string> findings, string rule)
    {
        var all = findings.ToList();
        if (all.Count > 0)
        {
            var more = all.Count > Shown ? $"{Environment.NewLine}  ... and {all.Count - Shown} more" : "";
            Assert.Fail($"{rule}{Environment.NewLine}  {string.Join($"{Environment.NewLine}  ", all.Take(Shown))}{more}");
        }
    }
}
