namespace Iarnet.House;

public sealed class LedgerTests
{
    [Fact]
    public void A_difference_is_shown_line_by_line_with_the_command_that_accepts_it()
    {
        var text = Ledger.Explain("X.txt", "a\nb\n", "a\nc\n");
        Assert.Contains("1 lines gone, 1 new", text, StringComparison.Ordinal);
        Assert.Contains("- b", text, StringComparison.Ordinal);
        Assert.Contains("+ c", text, StringComparison.Ordinal);
        Assert.Contains("./eng/api.sh", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_different_order_is_a_difference_too() =>
        Assert.Contains("only their order or number differs", Ledger.Explain("X.txt", "a\nb\n", "b\na\n"), StringComparison.Ordinal);
}
