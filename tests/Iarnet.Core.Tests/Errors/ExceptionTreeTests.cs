namespace Iarnet.Tests.Errors;

public sealed class ExceptionTreeTests
{
    public static TheoryData<Type> Errors => [.. typeof(IarnetException).Assembly.GetExportedTypes().Where(type => type.IsAssignableTo(typeof(Exception)))];

    [Theory]
    [MemberData(nameof(Errors))]
    public void Every_error_of_the_vocabulary_has_the_one_root_and_keeps_its_cause(Type type)
    {
        ArgumentNullException.ThrowIfNull(type);
        Assert.True(type.IsAssignableTo(typeof(IarnetException)), $"{type} does not come from {nameof(IarnetException)}.");
        if (type == typeof(FunctionFailedException))
        {
            return;
        }

        var cause = new InvalidOperationException("cause");
        var error = Assert.IsAssignableFrom<IarnetException>(Activator.CreateInstance(type, "text", cause));
        Assert.Equal("text", error.Message);
        Assert.Same(cause, error.InnerException);
        Assert.Equal("text", Assert.IsAssignableFrom<IarnetException>(Activator.CreateInstance(type, "text")).Message);
    }
}
