namespace Iarnet.Tests.Errors;

public sealed class RemoteErrorTests
{
    [Fact]
    public void An_exception_that_was_thrown_brings_its_type_text_and_stack()
    {
        var error = RemoteError.From(Assert.Throws<FormatException>(Throw));
        Assert.Equal("System.FormatException", error.Type);
        Assert.Equal("not a number", error.Message);
        Assert.Contains(nameof(Throw), error.StackTrace, StringComparison.Ordinal);

        static void Throw() => throw new FormatException("not a number");
    }

    [Fact]
    public void An_exception_that_was_not_thrown_has_an_empty_stack() =>
        Assert.Equal("", RemoteError.From(new FormatException("never")).StackTrace);
}
